package io.rnic.bench.compare;

import io.rnic.bench.run.Samples;

/** One test through one front end, set up and ready to run for a while, again and again. */
interface Experiment extends AutoCloseable {
    /**
     * Runs.
     *
     * @param bytes      the size of a message or block
     * @param durationNs for about how long; it runs at least once
     * @param samples    where the times go
     */
    void run(int bytes, long durationNs, Samples samples);

    @Override
    void close();
}
