package io.rnic.bench.peers;

import io.rnic.bench.run.Spin;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;

/** Two rings of Agrona: a message there, a message back. */
final class RingRoundTrip implements PeerTest {
    private final Duet duet;
    private final Spin ourSpin;
    private final Spin theirSpin;
    private final OneToOneRingBuffer questions = Rings.ring();
    private final OneToOneRingBuffer answers = Rings.ring();
    private final UnsafeBuffer question = Rings.message();
    private final UnsafeBuffer answer = Rings.message();
    private final Arrivals ours = new Arrivals();
    private final Arrivals theirs = new Arrivals();

    RingRoundTrip(final Duet duet) {
        this.duet = duet;
        ourSpin = duet.spin();
        theirSpin = duet.spin();
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        duet.run(this::answer, this::ask, durationNs, slice);
    }

    private void ask(final long durationNs, final Slice slice) {
        long sequence = ours.last();
        final long startNs = System.nanoTime();
        long beforeNs = startNs;
        do {
            for (int i = 0; i < RoundTrips.BATCH; i++) {
                sequence++;
                question.putLong(0, sequence);
                questions.write(Rings.TYPE, question, 0, RoundTrips.MESSAGE_BYTES);
                int looks = 0;
                while (answers.read(ours, 1) == 0) {
                    looks = ourSpin.pause(looks, "the answer in the ring");
                }
            }
            final long nowNs = System.nanoTime();
            slice.record(nowNs - beforeNs, RoundTrips.BATCH);
            beforeNs = nowNs;
        } while (beforeNs - startNs < durationNs);
    }

    private void answer() {
        while (true) {
            int looks = 0;
            while (questions.read(theirs, 1) == 0) {
                looks = theirSpin.pause(looks, "a message in the ring");
                if (theirSpin.stopped(looks)) {
                    return;
                }
            }
            answer.putLong(0, theirs.last());
            answers.write(Rings.TYPE, answer, 0, RoundTrips.MESSAGE_BYTES);
        }
    }

    @Override
    public void close() {
        // Memory that the collector frees.
    }
}
