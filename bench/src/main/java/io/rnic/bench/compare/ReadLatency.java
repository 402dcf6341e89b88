package io.rnic.bench.compare;

import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Samples;
import io.rnic.verbs.Rnic;

/**
 * RDMA Read, one at a time: post, poll until it completed, record. The server's application does nothing; a sample is
 * one operation.
 */
final class ReadLatency implements Experiment {
    private final Pair pair;

    ReadLatency(final Rnic nic, final Partner partner, final int maxBytes) {
        pair = new Pair(nic, Shape.synchronous(maxBytes), partner::waitingAlone);
    }

    @Override
    public void run(final int bytes, final long durationNs, final Samples samples) {
        final Endpoint client = pair.client();
        final long startNs = System.nanoTime();
        long beforeNs = startNs;
        do {
            client.read(0, client.sinkOffset(), bytes);
            client.awaitSend(client.posted(), 1);
            final long nowNs = System.nanoTime();
            samples.record(nowNs - beforeNs, 1);
            beforeNs = nowNs;
        } while (beforeNs - startNs < durationNs);
    }

    @Override
    public void close() {
        pair.close();
    }
}
