package io.rnic.bench.compare;

import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Samples;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.Rnic;

/**
 * A stream of RDMA Writes or Reads, as many outstanding as the {@link Shape#stream shape} says. The server's
 * application does nothing; a round is one sample.
 */
final class OneSidedBandwidth implements Experiment {
    private final Pair pair;
    private final Shape shape;
    private final boolean reading;

    /**
     * Sets it up.
     *
     * @param opcode RDMA_WRITE or RDMA_READ
     */
    OneSidedBandwidth(final Rnic nic, final Partner partner, final int maxBytes, final Opcode opcode) {
        shape = Shape.stream(maxBytes);
        reading = opcode == Opcode.RDMA_READ;
        pair = new Pair(nic, shape, partner::waitingAlone);
    }

    @Override
    public void run(final int bytes, final long durationNs, final Samples samples) {
        final Endpoint client = pair.client();
        final Ring ring = new Ring(shape.areaBytes(), bytes);
        final long postedBefore = client.posted();
        final long startNs = System.nanoTime();
        do {
            for (int i = 0; i < shape.signalEvery(); i++) {
                final long slot = ring.next();
                if (reading) {
                    client.read(slot, client.sinkOffset() + slot, bytes);
                } else {
                    client.write(slot, client.sinkOffset() + slot, bytes);
                }
            }
        } while (System.nanoTime() - startNs < durationNs);
        client.awaitSends();
        samples.record(System.nanoTime() - startNs, client.posted() - postedBefore);
    }

    @Override
    public void close() {
        pair.close();
    }
}
