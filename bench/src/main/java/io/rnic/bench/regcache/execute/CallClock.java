package io.rnic.bench.regcache.execute;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * What calls take of the processor: by the wall clock, a call during which another thread gets its turn takes
 * milliseconds, and a sum of calls tells more of the others than of the calls. Where there is no such clock, the
 * wall's.
 */
final class CallClock {
    private static final int READINGS = 10_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean OWN = THREADS.isCurrentThreadCpuTimeSupported();
    /** Reading the clock is a system call itself, and takes about a tenth of what is measured. */
    private static final long READING_NS = reading();

    private CallClock() {
    }

    private static long reading() {
        final long[] taken = new long[READINGS];
        for (int i = 0; i < READINGS; i++) {
            taken[i] = -now() + now();
        }
        Arrays.sort(taken);
        return taken[READINGS / 2];
    }

    static long now() {
        return OWN ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    /** The nanoseconds since then, without what reading the clock takes. */
    static long since(final long begin) {
        return Math.max(0, now() - begin - READING_NS);
    }
}
