package io.rnic.bench.peers;

/** One test of one peer, set up and ready to run for a short while, again and again. The main thread calls it. */
interface PeerTest extends AutoCloseable {
    /**
     * Runs, and verifies what arrived.
     *
     * @param durationNs for about how long; it runs at least once
     * @param slice      where the times and the allocated bytes go
     * @throws io.rnic.bench.run.ExperimentException if something arrived that was not sent, or did not arrive
     */
    void run(long durationNs, Slice slice);

    @Override
    void close();
}
