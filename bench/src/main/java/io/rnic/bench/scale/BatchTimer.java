package io.rnic.bench.scale;

import java.util.Arrays;

/**
 * Times something batch by batch and takes the median, so that what else the machine does now and then (a context
 * switch, a collection) is not counted. Allocates nothing while it times.
 */
final class BatchTimer {
    private static final int MAX_BATCHES = 1 << 16;

    private final long[] timesNs = new long[MAX_BATCHES];

    /** A timer, for one thread. */
    BatchTimer() {
    }

    /**
     * Repeats a batch for a while, after a quarter of that time in which nothing is recorded.
     *
     * @param batch      does {@code operations} of what is timed
     * @param operations how many
     * @param durationNs how long
     * @return the nanoseconds that one operation took in the median batch
     */
    double time(final Runnable batch, final int operations, final long durationNs) {
        repeat(batch, durationNs / 4);
        final int batches = repeat(batch, durationNs);
        Arrays.sort(timesNs, 0, batches);
        return (double) timesNs[batches / 2] / operations;
    }

    private int repeat(final Runnable batch, final long durationNs) {
        final long startNs = System.nanoTime();
        long beforeNs = startNs;
        int batches = 0;
        do {
            batch.run();
            final long nowNs = System.nanoTime();
            timesNs[batches++] = nowNs - beforeNs;
            beforeNs = nowNs;
        } while (beforeNs - startNs < durationNs && batches < MAX_BATCHES);
        return batches;
    }
}
