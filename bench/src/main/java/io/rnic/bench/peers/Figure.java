package io.rnic.bench.peers;

import io.rnic.bench.report.Spread;
import java.util.Collections;
import java.util.List;

/**
 * What a test gave, round by round.
 *
 * @param name      the test
 * @param unit      of the values
 * @param bytes     a message or block
 * @param ours      whether it is the NIC that was measured
 * @param values    one for each round, at least one
 * @param allocated bytes that the test's threads allocated for an operation, for each round; empty where nobody looked
 */
record Figure(String name, Unit unit, int bytes, boolean ours, List<Double> values,
              List<Double> allocated) {
    /** The values' median, least and greatest. */
    Spread spread() {
        return Spread.of(values);
    }

    /** The most that was allocated for an operation in any round. */
    double maxAllocated() {
        return allocated.isEmpty() ? 0 : Collections.max(allocated);
    }
}
