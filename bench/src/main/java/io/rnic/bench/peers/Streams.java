package io.rnic.bench.peers;

/** What all streams of small messages have in common, so that they are the same work. */
final class Streams {
    /** Messages between two looks at the clock. */
    static final int BATCH = 256;

    /** Messages that a receiver takes at most in one go. */
    static final int TAKE = 64;

    private Streams() {
    }
}
