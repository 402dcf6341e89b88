package io.rnic.bench.peers;

import java.time.Duration;

/**
 * How the time is spent.
 *
 * @param firstPasses  short passes over all tests before all else: when the compiler of a JVM decides what is part of
 *                     what, it has seen all of its tests, each for about as long, and not one of them alone
 * @param firstNs      a test in such a pass
 * @param warmUpPasses passes over all tests before anything is recorded, so that the compiler is done with them all
 * @param warmUpNs     a test in such a pass
 * @param rounds       recorded rounds; each runs every test once
 * @param sliceNs      a test in a round
 * @param ucxRuns      rounds in which ucx_perftest runs too
 */
record Plan(int firstPasses, long firstNs, int warmUpPasses, long warmUpNs, int rounds, long sliceNs, int ucxRuns) {
    /** Fewer rounds give no ratio to be quoted. */
    static final int QUOTABLE_ROUNDS = 5;

    private static final long FIRST_NS = 200_000;

    /** About two minutes. */
    static final Plan STANDARD = new Plan(20, FIRST_NS, 8, Duration.ofMillis(100).toNanos(), 35,
        Duration.ofMillis(60).toNanos(), 5);

    /** About 40 seconds. */
    static final Plan QUICK = new Plan(5, FIRST_NS, 5, Duration.ofMillis(60).toNanos(), 5,
        Duration.ofMillis(40).toNanos(), 1);

    /** The same with another number of rounds. */
    Plan withRounds(final int number) {
        return new Plan(firstPasses, firstNs, warmUpPasses, warmUpNs, number, sliceNs, Math.min(number, ucxRuns));
    }
}
