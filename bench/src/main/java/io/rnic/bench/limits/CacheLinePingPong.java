package io.rnic.bench.limits;

import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Samples;
import io.rnic.bench.run.Waiting;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One cache line goes from this thread to another and back: the word on it is odd while it is the other's turn. With
 * one core it is not the line that takes the time but the two context switches.
 */
final class CacheLinePingPong {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    /** The word stands amid 256 bytes of its own, so that no neighbour shares its line or the one fetched along. */
    private static final int WORDS = 32;
    private static final int TURN = WORDS / 2;

    private static final int BATCH = Runtime.getRuntime().availableProcessors() == 1 ? 1 : 64;

    /** In several pieces, for between them the partner is woken anew, and so comes to an idle core if there is one. */
    private static final int PIECES = 8;

    private final long[] line = new long[WORDS];

    /** The time of a round trip. */
    Samples time(final Partner partner, final long durationNs) {
        final Samples samples = new Samples();
        final Waiting waiting = partner.waiting();
        for (int piece = 0; piece < PIECES; piece++) {
            partner.beside(() -> answer(partner),
                () -> Batches.time(() -> ask(waiting), BATCH, durationNs / PIECES, samples));
        }
        return samples;
    }

    private void ask(final Waiting waiting) {
        for (int i = 0; i < BATCH; i++) {
            final long turn = (long) WORD.getAcquire(line, TURN);
            // Pairs with the load in answer().
            WORD.setRelease(line, TURN, turn + 1);
            waiting.begin();
            while ((long) WORD.getAcquire(line, TURN) != turn + 2) {
                waiting.pause("the cache line to come back");
            }
        }
    }

    private void answer(final Partner partner) {
        partner.ready();
        final Waiting waiting = partner.waiting();
        while (!partner.stopping()) {
            waiting.begin();
            while (((long) WORD.getAcquire(line, TURN) & 1) == 0 && !partner.stopping()) {
                waiting.pause("the cache line to come");
            }
            final long turn = (long) WORD.getAcquire(line, TURN);
            if ((turn & 1) != 0) {
                // Pairs with the load in ask().
                WORD.setRelease(line, TURN, turn + 1);
            }
        }
    }
}
