package io.rnic.bench.limits;

import io.rnic.bench.run.Samples;

/** Times something that is too short to be timed alone, batch by batch. */
final class Batches {
    /** The part of the time that is spent before anything is recorded: the half. */
    private static final int WARM_UP_PART = 2;

    private Batches() {
    }

    /**
     * Repeats a batch for a while; each batch is a sample.
     *
     * @param batch      does {@code operations} of what is measured
     * @param operations how many
     * @param durationNs how long, warm-up included; at least one batch is recorded
     */
    static Samples time(final Runnable batch, final int operations, final long durationNs) {
        final Samples samples = new Samples();
        time(batch, operations, durationNs, samples);
        return samples;
    }

    /** The same with samples that are given. */
    static void time(final Runnable batch, final int operations, final long durationNs, final Samples samples) {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < durationNs / WARM_UP_PART) {
            batch.run();
        }
        long beforeNs = System.nanoTime();
        do {
            batch.run();
            final long nowNs = System.nanoTime();
            samples.record(nowNs - beforeNs, operations);
            beforeNs = nowNs;
        } while (beforeNs - startNs < durationNs);
    }
}
