package io.rnic.emu.host;

/**
 * A lock that covers what stands elsewhere: with a cache line behind it too, for its owner writes to it, and what the
 * collector puts there may be another thread's.
 */
@SuppressWarnings("unused") // the fields are there for the room that they take
public final class SeparateLock extends BiasedLock {
    long behind0;
    long behind1;
    long behind2;
    long behind3;
    long behind4;
    long behind5;
    long behind6;

    /** A lock that nobody has taken yet. */
    public SeparateLock() {
    }
}
