package io.rnic.bench.peers;

import io.rnic.bench.run.Spin;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The least that a Send and its answer can be: a message goes to the other thread in the next line of a ring, and one
 * comes back in a line of another ring. There are no queues, nothing is checked, and nobody is told that anything is
 * done: a line is written again after a lap, when an answer has come long since.
 *
 * <pre>
 *   line   | number, written last 8 | unused 16 | message 32 | unused 8 |   as a completion that carries a message
 * </pre>
 */
final class BareRoundTrip implements PeerTest {
    private final Duet duet;
    private final Spin ourSpin;
    private final Spin theirSpin;
    private final Lines questions = new Lines();
    private final Lines answers = new Lines();
    private final UnsafeBuffer ourQuestion = Rings.message();
    private final UnsafeBuffer ourAnswer = Rings.message();
    private final UnsafeBuffer theirQuestion = Rings.message();
    private final UnsafeBuffer theirAnswer = Rings.message();
    private final Arrivals ours = new Arrivals();
    private final Arrivals theirs = new Arrivals();

    BareRoundTrip(final Duet duet) {
        this.duet = duet;
        ourSpin = duet.spin();
        theirSpin = duet.spin();
    }

    /** A ring of lines. Messages are numbered from 1. */
    private static final class Lines {
        private static final int COUNT = 64;
        private static final int MESSAGE = 24;

        private final UnsafeBuffer memory = new UnsafeBuffer(
            BufferUtil.allocateDirectAligned(COUNT * BitUtil.CACHE_LINE_LENGTH, 2 * BitUtil.CACHE_LINE_LENGTH));

        private static int line(final long number) {
            return ((int) number & COUNT - 1) * BitUtil.CACHE_LINE_LENGTH;
        }

        void write(final long number, final UnsafeBuffer message) {
            final int line = line(number);
            copy(message, 0, memory, line + MESSAGE);
            memory.putLongRelease(line, number);
        }

        boolean holds(final long number) {
            return memory.getLongAcquire(line(number)) == number;
        }

        void read(final long number, final UnsafeBuffer message) {
            copy(memory, line(number) + MESSAGE, message, 0);
        }

        /** Word by word: a call of a copy would be more than the rest. */
        private static void copy(final UnsafeBuffer from, final int offset, final UnsafeBuffer to, final int toOffset) {
            for (int at = 0; at < RoundTrips.MESSAGE_BYTES; at += Long.BYTES) {
                to.putLong(toOffset + at, from.getLong(offset + at));
            }
        }
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        duet.run(this::answer, this::ask, durationNs, slice);
    }

    private void ask(final long durationNs, final Slice slice) {
        long number = ours.last();
        final long startNs = System.nanoTime();
        long beforeNs = startNs;
        do {
            for (int i = 0; i < RoundTrips.BATCH; i++) {
                number++;
                ourQuestion.putLong(0, number);
                questions.write(number, ourQuestion);
                int looks = 0;
                while (!answers.holds(number)) {
                    looks = ourSpin.pause(looks, "the answer in a line");
                }
                answers.read(number, ourAnswer);
                ours.accept(ourAnswer, 0);
            }
            final long nowNs = System.nanoTime();
            slice.record(nowNs - beforeNs, RoundTrips.BATCH);
            beforeNs = nowNs;
        } while (beforeNs - startNs < durationNs);
    }

    private void answer() {
        long number = theirs.last();
        while (true) {
            number++;
            int looks = 0;
            while (!questions.holds(number)) {
                looks = theirSpin.pause(looks, "a message in a line");
                if (theirSpin.stopped(looks)) {
                    return;
                }
            }
            questions.read(number, theirQuestion);
            theirs.accept(theirQuestion, 0);
            theirAnswer.putLong(0, number);
            answers.write(number, theirAnswer);
        }
    }

    @Override
    public void close() {
        // Memory that the collector frees.
    }
}
