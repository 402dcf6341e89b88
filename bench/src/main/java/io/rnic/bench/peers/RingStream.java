package io.rnic.bench.peers;

import io.rnic.bench.run.OwnLine;
import io.rnic.bench.run.Spin;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;

/** Messages one way through a ring of Agrona, as many as go. */
final class RingStream implements PeerTest {
    private final Duet duet;
    private final Spin ourSpin;
    private final Spin theirSpin;
    private final OneToOneRingBuffer ring = Rings.ring();
    private final UnsafeBuffer message = Rings.message();
    private final Arrivals arrivals = new Arrivals();
    private final OwnLine taken = new OwnLine();
    private long sent;

    RingStream(final Duet duet) {
        this.duet = duet;
        ourSpin = duet.spin();
        theirSpin = duet.spin();
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        duet.run(this::take, this::stream, durationNs, slice);
    }

    private void stream(final long durationNs, final Slice slice) {
        final long sentBefore = sent;
        long sequence = sent;
        final long startNs = System.nanoTime();
        do {
            for (int i = 0; i < Streams.BATCH; i++) {
                sequence++;
                message.putLong(0, sequence);
                int looks = 0;
                while (!ring.write(Rings.TYPE, message, 0, RoundTrips.MESSAGE_BYTES)) {
                    looks = ourSpin.pause(looks, "room in the ring");
                }
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
            if (ring.read(arrivals, Streams.TAKE) > 0) {
                looks = 0;
                continue;
            }
            if (looks == 0) {
                taken.setRelease(arrivals.last());
            }
            looks = theirSpin.pause(looks, "messages in the ring");
            if (theirSpin.stopped(looks)) {
                return;
            }
        }
    }

    @Override
    public void close() {
        // Memory that the collector frees.
    }
}
