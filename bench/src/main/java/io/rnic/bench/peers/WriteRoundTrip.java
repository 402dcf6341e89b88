package io.rnic.bench.peers;

import io.rnic.bench.run.Spin;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;
import org.agrona.concurrent.AtomicBuffer;

/**
 * RDMA Write of a word and answer; both sides write to and poll the same word, as {@code cache_line} does. Each has a
 * region of its own, which covers the same memory.
 *
 * <pre>
 *   | questions: a line each |   | word |   | answers: a line each |
 *         client -- Write: odd ---&gt;  &lt;--- Write: even -- server
 * </pre>
 */
final class WriteRoundTrip implements PeerTest {
    private static final int DEPTH = 128;
    private static final int SIGNAL_EVERY = 64;
    private static final int LINE_BYTES = 64;
    private static final int PAGE_BYTES = 4096;

    /** The word, and what the server writes it from: far from each other and from what the client writes it from. */
    private static final int TURN = DEPTH * LINE_BYTES + PAGE_BYTES;
    private static final int ANSWERS = TURN + PAGE_BYTES;
    private static final int MEMORY_BYTES = ANSWERS + DEPTH * LINE_BYTES;

    private final Duet duet;
    private final Link link;
    private final AtomicBuffer words;
    private final Spin ourSpin;
    private final Spin theirSpin;
    private final Outbox questions;
    private final Outbox answers;

    WriteRoundTrip(final Duet duet, final Rnic nic) {
        this.duet = duet;
        ourSpin = duet.spin();
        theirSpin = duet.spin();
        link = Link.openOnSameMemory(nic, MEMORY_BYTES, DEPTH);
        words = link.client().words();
        questions = outbox(link.client(), 0, link.server(), ourSpin);
        answers = outbox(link.server(), ANSWERS, link.client(), theirSpin);
    }

    private static Outbox outbox(final Side from, final int base, final Side to, final Spin spin) {
        final long target = to.region().address() + TURN;
        return new Outbox(from, base, spin, LINE_BYTES, DEPTH, SIGNAL_EVERY, (place, offset) ->
            new SendRequest().write(place, target, to.region().rkey()).sge(from.region(), offset, Long.BYTES));
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        duet.run(this::answer, this::ask, durationNs, slice);
    }

    private void ask(final long durationNs, final Slice slice) {
        long turn = words.getLongAcquire(TURN);
        final long startNs = System.nanoTime();
        long beforeNs = startNs;
        do {
            for (int i = 0; i < RoundTrips.BATCH; i++) {
                questions.post(turn + 1);
                turn += 2;
                int looks = 0;
                while (words.getLongAcquire(TURN) != turn) {
                    looks = pause(ourSpin, looks, "the peer's Write");
                }
            }
            final long nowNs = System.nanoTime();
            slice.record(nowNs - beforeNs, RoundTrips.BATCH);
            beforeNs = nowNs;
        } while (beforeNs - startNs < durationNs);
    }

    private void answer() {
        // Even: our last answer; the question to come is the next number, and it may be there already.
        long turn = words.getLongAcquire(TURN) | 1;
        while (true) {
            int looks = 0;
            while (words.getLongAcquire(TURN) != turn) {
                looks = pause(theirSpin, looks, "a Write");
                if (theirSpin.stopped(looks)) {
                    return;
                }
            }
            answers.post(turn + 1);
            turn += 2;
        }
    }

    /**
     * Twice as long as elsewhere. Who sees the word gets its line to write to, and has a Write to post first; a peer
     * that looks again meanwhile takes the line back.
     */
    private static int pause(final Spin spin, final int looks, final String what) {
        return spin.pause(spin.pause(looks, what), what);
    }

    @Override
    public void close() {
        link.close();
    }
}
