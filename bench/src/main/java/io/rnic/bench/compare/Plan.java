package io.rnic.bench.compare;

import java.time.Duration;

/**
 * How the time is spent. Everything is bounded by time and nothing by a count, so that a slow machine ends as soon as a
 * fast one, with fewer samples.
 *
 * @param limitsNs the limits of the machine, in all
 * @param warmUpNs before the first size of each test, in all
 * @param rounds   recorded rounds of each size through each front end; one more comes before them and is not recorded
 * @param roundNs  one round
 * @param verifyNs aim for the hashing of what was received, beyond one pass over the file through each front end
 */
record Plan(long limitsNs, long warmUpNs, int rounds, long roundNs, long verifyNs) {
    /** About a minute. */
    static final Plan STANDARD = of(Duration.ofSeconds(4), Duration.ofMillis(1200), 9, Duration.ofMillis(45),
        Duration.ofSeconds(5));

    /** About ten seconds. */
    static final Plan QUICK = of(Duration.ofMillis(800), Duration.ofMillis(350), 4, Duration.ofMillis(12),
        Duration.ofSeconds(1));

    private static Plan of(final Duration limits, final Duration warmUp, final int rounds, final Duration round,
                           final Duration verify) {
        return new Plan(limits.toNanos(), warmUp.toNanos(), rounds, round.toNanos(), verify.toNanos());
    }
}
