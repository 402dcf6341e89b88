package io.rnic.bench.peers;

import io.aeron.logbuffer.FragmentHandler;
import io.rnic.bench.run.Spin;
import org.agrona.concurrent.UnsafeBuffer;

/** Aeron IPC: a message there, a message back, each on a stream of its own. */
final class AeronRoundTrip implements PeerTest {
    private static final int TERM_BYTES = 1 << 20;

    /** So often, in messages, the driver gets its turn: long before a sender reaches the limit that the driver sets. */
    private static final int MESSAGES_PER_DUTY = 2048;

    private final Duet duet;
    private final AeronHost host;
    private final Spin ourSpin;
    private final Spin theirSpin;
    private final AeronHost.Stream questions;
    private final AeronHost.Stream answers;
    private final UnsafeBuffer question = Rings.message();
    private final UnsafeBuffer answer = Rings.message();
    private final Arrivals ours = new Arrivals();
    private final Arrivals theirs = new Arrivals();
    private final FragmentHandler ourHandler = (buffer, offset, length, header) -> ours.accept(buffer, offset);
    private final FragmentHandler theirHandler = (buffer, offset, length, header) -> theirs.accept(buffer, offset);

    AeronRoundTrip(final Duet duet, final AeronHost host) {
        this.duet = duet;
        this.host = host;
        ourSpin = duet.spin();
        theirSpin = duet.spin();
        questions = host.open(1, TERM_BYTES);
        answers = host.open(2, TERM_BYTES);
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        host.work();
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
                int looks = 0;
                while (questions.publication().offer(question, 0, RoundTrips.MESSAGE_BYTES) < 0) {
                    host.work();
                    looks = ourSpin.pause(looks, "Aeron to take a message");
                }
                looks = 0;
                while (answers.image().poll(ourHandler, 1) == 0) {
                    looks = ourSpin.pause(looks, "the answer by Aeron");
                }
            }
            final long nowNs = System.nanoTime();
            slice.record(nowNs - beforeNs, RoundTrips.BATCH);
            beforeNs = nowNs;
            if (sequence % MESSAGES_PER_DUTY < RoundTrips.BATCH) {
                host.work();
                beforeNs = System.nanoTime();
            }
        } while (beforeNs - startNs < durationNs);
    }

    private void answer() {
        while (true) {
            int looks = 0;
            while (questions.image().poll(theirHandler, 1) == 0) {
                looks = theirSpin.pause(looks, "a message by Aeron");
                if (theirSpin.stopped(looks)) {
                    return;
                }
            }
            answer.putLong(0, theirs.last());
            looks = 0;
            // An end of a term makes the first try fail; for room there is always the driver's next turn.
            while (answers.publication().offer(answer, 0, RoundTrips.MESSAGE_BYTES) < 0) {
                looks = theirSpin.pause(looks, "Aeron to take an answer");
            }
        }
    }

    @Override
    public void close() {
        // The host closes its streams.
    }
}
