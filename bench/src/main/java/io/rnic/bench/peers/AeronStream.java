package io.rnic.bench.peers;

import io.aeron.ExclusivePublication;
import io.aeron.logbuffer.FragmentHandler;
import io.rnic.bench.run.OwnLine;
import io.rnic.bench.run.Spin;
import org.agrona.concurrent.UnsafeBuffer;

/** Messages one way by Aeron IPC, as many as go. */
final class AeronStream implements PeerTest {
    /** Large: 1 MiB and less were slower, for the sender waits for the driver more often. */
    private static final int TERM_BYTES = 8 << 20;

    /** Batches between two turns of the driver, which moves the limit that the sender may go to. */
    private static final int BATCHES_PER_DUTY = 8;

    private final Duet duet;
    private final AeronHost host;
    private final Spin ourSpin;
    private final Spin theirSpin;
    private final AeronHost.Stream stream;
    private final UnsafeBuffer message = Rings.message();
    private final Arrivals arrivals = new Arrivals();
    private final FragmentHandler handler = (buffer, offset, length, header) -> arrivals.accept(buffer, offset);
    private final OwnLine taken = new OwnLine();
    private long sent;

    AeronStream(final Duet duet, final AeronHost host) {
        this.duet = duet;
        this.host = host;
        ourSpin = duet.spin();
        theirSpin = duet.spin();
        stream = host.open(3, TERM_BYTES);
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        host.work();
        duet.run(this::take, this::stream, durationNs, slice);
    }

    private void stream(final long durationNs, final Slice slice) {
        final ExclusivePublication publication = stream.publication();
        final long sentBefore = sent;
        long sequence = sent;
        int batches = 0;
        final long startNs = System.nanoTime();
        do {
            for (int i = 0; i < Streams.BATCH; i++) {
                sequence++;
                message.putLong(0, sequence);
                int looks = 0;
                while (publication.offer(message, 0, RoundTrips.MESSAGE_BYTES) < 0) {
                    host.work();
                    looks = ourSpin.pause(looks, "Aeron to take a message");
                }
            }
            batches++;
            if (batches % BATCHES_PER_DUTY == 0) {
                host.work();
            }
        } while (System.nanoTime() - startNs < durationNs);
        int looks = 0;
        while (taken.getAcquire() != sequence) {
            looks = ourSpin.pause(looks, "the last message to be taken");
        }
        sent = sequence;
        slice.record(System.nanoTime() - startNs, sent - sentBefore);
    }

    private void take() {
        int looks = 0;
        while (true) {
            if (stream.image().poll(handler, Streams.TAKE) > 0) {
                looks = 0;
                continue;
            }
            if (looks == 0) {
                taken.setRelease(arrivals.last());
            }
            looks = theirSpin.pause(looks, "messages by Aeron");
            if (theirSpin.stopped(looks)) {
                return;
            }
        }
    }

    @Override
    public void close() {
        // The host closes its streams.
    }
}
