package io.rnic.bench.compare;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Samples;
import io.rnic.bench.run.Waiting;
import io.rnic.verbs.Rnic;
import java.lang.foreign.MemorySegment;

/**
 * A stream of Sends with the flow control that an iWARP application must bring along: a message without a posted
 * receive is an error there, not a pause.
 *
 * <pre>
 *   client: send while sent &lt; credit          server: take messages, post the receives again,
 *           CREDIT word  &lt;--- RDMA Write ----          grant: how many receives were posted in all
 * </pre>
 *
 * <p>A round ends when the credit shows that the last message was taken, and is one sample.
 */
final class SendBandwidth implements Experiment {
    private final Partner partner;
    private final Pair pair;
    private final Shape shape;
    private final Waiting waiting;

    /** The word that the server grants; of the heap, for it travels inside the request. */
    private final MemorySegment word = MemorySegment.ofArray(new long[1]);

    /** The client: messages sent so far. */
    private long sent;

    SendBandwidth(final Rnic nic, final Partner partner, final int maxBytes) {
        this.partner = partner;
        shape = Shape.stream(maxBytes);
        pair = new Pair(nic, shape, partner::waiting);
        waiting = partner.waiting();
    }

    @Override
    public void run(final int bytes, final long durationNs, final Samples samples) {
        partner.beside(this::take, () -> stream(bytes, durationNs, samples));
    }

    private void stream(final int bytes, final long durationNs, final Samples samples) {
        final Endpoint client = pair.client();
        final Ring ring = new Ring(shape.areaBytes(), bytes);
        final long sentBefore = sent;
        awaitCredit(sent + shape.receives());
        final long startNs = System.nanoTime();
        do {
            awaitCredit(sent + shape.signalEvery());
            for (int i = 0; i < shape.signalEvery(); i++) {
                client.send(ring.next(), bytes);
                sent++;
            }
        } while (System.nanoTime() - startNs < durationNs);
        awaitCredit(sent + shape.receives());
        samples.record(System.nanoTime() - startNs, sent - sentBefore);
        client.awaitSends();
    }

    private void awaitCredit(final long receivesPosted) {
        final Endpoint client = pair.client();
        waiting.begin();
        while (client.credit() < receivesPosted) {
            waiting.pause("receives of the peer");
        }
    }

    private void take() {
        final Endpoint server = pair.server();
        final Waiting idle = partner.waiting();
        server.fillReceives();
        long granted = grant(server);
        long taken = server.received();
        partner.ready();
        while (!partner.stopping()) {
            final long received = server.received();
            if (received == taken) {
                idle.pause("messages");
                continue;
            }
            taken = received;
            idle.begin();
            server.fillReceives();
            // At multiples, so that the last batch of a round is granted too.
            if (server.receivesPosted() / shape.signalEvery() > granted / shape.signalEvery()) {
                granted = grant(server);
            }
        }
    }

    private long grant(final Endpoint server) {
        final long receivesPosted = server.receivesPosted();
        word.set(JAVA_LONG, 0, receivesPosted);
        server.grant(word);
        return receivesPosted;
    }

    @Override
    public void close() {
        pair.close();
    }
}
