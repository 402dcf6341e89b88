package io.rnic.bench.scale;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured and for how long.
 *
 * @param queuePairs counts of queue pairs
 * @param entries    entries of the large STag table
 * @param pages      pages of the regions that are registered, ascending, at least two counts
 * @param rounds     recorded rounds
 * @param roundNs    one measurement of a round; a quarter of that time goes before and is not recorded
 * @param warmUpNs   before the first round, for each thing that is measured
 */
record Plan(List<Integer> queuePairs, int entries, List<Integer> pages, int rounds, long roundNs, long warmUpNs) {
    /** About a minute. */
    static final Plan STANDARD = new Plan(List.of(1, 64, 4096, 65_536), 1_000_000,
        List.of(1, 16, 256, 4096, 65_536), 7, Duration.ofMillis(50).toNanos(), Duration.ofMillis(250).toNanos());

    /** About fifteen seconds. */
    static final Plan QUICK = new Plan(List.of(1, 64, 4096), 100_000,
        List.of(1, 16, 256, 4096), 5, Duration.ofMillis(10).toNanos(), Duration.ofMillis(60).toNanos());

    /** The same with those counts where they are given. */
    Plan with(final List<Integer> counts, final int tableEntries, final int roundCount) {
        return new Plan(counts.isEmpty() ? queuePairs : counts, tableEntries == 0 ? entries : tableEntries, pages,
            roundCount == 0 ? rounds : roundCount, roundNs, warmUpNs);
    }
}
