package io.rnic.bench.compare;

import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Samples;
import io.rnic.bench.run.Waiting;
import io.rnic.verbs.Rnic;

/**
 * Send and answer.
 *
 * <pre>
 *   client: send, wait for a message, record  &lt;--&gt;  server: wait for a message, send
 * </pre>
 *
 * <p>A sample is a full round trip and counts as two operations, so that half a round trip is reported, as perftest
 * does. The receive that was used up is posted again behind the next send, where it is not waited for.
 */
final class SendLatency implements Experiment {
    private final Partner partner;
    private final Pair pair;
    private final Waiting waiting;

    SendLatency(final Rnic nic, final Partner partner, final int maxBytes) {
        this.partner = partner;
        pair = new Pair(nic, Shape.pingPong(maxBytes), partner::waiting);
        waiting = partner.waiting();
    }

    @Override
    public void run(final int bytes, final long durationNs, final Samples samples) {
        partner.beside(() -> answer(bytes), () -> ask(bytes, durationNs, samples));
    }

    private void ask(final int bytes, final long durationNs, final Samples samples) {
        final Endpoint client = pair.client();
        client.fillReceives();
        long received = client.received();
        final long startNs = System.nanoTime();
        long beforeNs = startNs;
        do {
            client.send(0, bytes);
            client.fillReceives();
            received++;
            waiting.begin();
            while (client.received() < received) {
                waiting.pause("the answer to a message");
            }
            final long nowNs = System.nanoTime();
            samples.record(nowNs - beforeNs, 2);
            beforeNs = nowNs;
        } while (beforeNs - startNs < durationNs);
    }

    private void answer(final int bytes) {
        final Endpoint server = pair.server();
        final Waiting idle = partner.waiting();
        server.fillReceives();
        long received = server.received();
        partner.ready();
        while (true) {
            received++;
            idle.begin();
            while (server.received() < received) {
                if (partner.stopping()) {
                    return;
                }
                idle.pause("a message");
            }
            server.send(0, bytes);
            server.fillReceives();
        }
    }

    @Override
    public void close() {
        pair.close();
    }
}
