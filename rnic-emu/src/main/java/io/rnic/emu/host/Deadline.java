package io.rnic.emu.host;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A moment until which somebody waits. */
public final class Deadline {
    private final long startNs = System.nanoTime();
    private final long timeoutNs;

    /** Begins to wait; a time below 0 is none. */
    public Deadline(final long timeoutNs) {
        this.timeoutNs = Math.max(0, timeoutNs);
    }

    /** How long there is left, 0 when the time has run out. */
    public long leftNs() {
        return Math.max(0, timeoutNs - (System.nanoTime() - startNs));
    }

    /** A duration in nanoseconds; the longest there are if it is longer. */
    public static long nanos(final Duration timeout) {
        return TimeUnit.NANOSECONDS.convert(timeout);
    }
}
