package io.rnic.bench.compare;

import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Samples;
import io.rnic.bench.run.Waiting;
import io.rnic.verbs.Rnic;

/**
 * RDMA Write and answer; both sides watch the last byte of their memory.
 *
 * <pre>
 *   client: write n, wait until its last byte is n, record  &lt;--&gt;  server: wait until its last byte is n, write n
 * </pre>
 *
 * <p>A sample is a full round trip and counts as two operations, so that half a round trip is reported, as perftest
 * does.
 */
final class WriteLatency implements Experiment {
    private final Partner partner;
    private final Pair pair;
    private final Waiting waiting;

    WriteLatency(final Rnic nic, final Partner partner, final int maxBytes) {
        this.partner = partner;
        pair = new Pair(nic, Shape.pingPong(maxBytes), partner::waiting);
        waiting = partner.waiting();
    }

    @Override
    public void run(final int bytes, final long durationNs, final Samples samples) {
        final long last = pair.client().sinkOffset() + bytes - 1;
        // Both sinks begin at 0, whatever another size has left there: the first message is 1.
        pair.client().byteAt(last, (byte) 0);
        pair.server().byteAt(last, (byte) 0);
        partner.beside(() -> answer(bytes), () -> ask(bytes, durationNs, samples));
    }

    private void ask(final int bytes, final long durationNs, final Samples samples) {
        final Endpoint client = pair.client();
        final long sink = client.sinkOffset();
        final long last = sink + bytes - 1;
        byte number = 0;
        final long startNs = System.nanoTime();
        long beforeNs = startNs;
        do {
            number++;
            client.byteAt(bytes - 1, number);
            client.write(0, sink, bytes);
            waiting.begin();
            while (client.byteAt(last) != number) {
                waiting.pause("the peer's write");
            }
            final long nowNs = System.nanoTime();
            samples.record(nowNs - beforeNs, 2);
            beforeNs = nowNs;
        } while (beforeNs - startNs < durationNs);
    }

    private void answer(final int bytes) {
        final Endpoint server = pair.server();
        final Waiting idle = partner.waiting();
        final long sink = server.sinkOffset();
        final long last = sink + bytes - 1;
        byte number = 0;
        partner.ready();
        while (true) {
            number++;
            idle.begin();
            while (server.byteAt(last) != number) {
                if (partner.stopping()) {
                    return;
                }
                idle.pause("the peer's write");
            }
            server.byteAt(bytes - 1, number);
            server.write(0, sink, bytes);
        }
    }

    @Override
    public void close() {
        pair.close();
    }
}
