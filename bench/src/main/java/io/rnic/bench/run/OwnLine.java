package io.rnic.bench.run;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A number that one thread writes often, amid 256 bytes of its own: wherever the collector puts it, no line of another
 * thread comes near, and no figure depends on that chance.
 */
public final class OwnLine {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int WORDS = 32;
    private static final int MIDDLE = WORDS / 2;

    private final long[] words = new long[WORDS];

    /** For the thread that writes it. */
    public long get() {
        return words[MIDDLE];
    }

    /** For the thread that writes it, when nobody else reads it. */
    public void set(final long value) {
        words[MIDDLE] = value;
    }

    /** For another thread: pairs with {@link #setRelease}. */
    public long getAcquire() {
        return (long) WORD.getAcquire(words, MIDDLE);
    }

    /** Pairs with {@link #getAcquire}. */
    public void setRelease(final long value) {
        WORD.setRelease(words, MIDDLE, value);
    }
}
