package io.rnic.differential;

import io.rnic.testing.CompletedRequest;
import io.rnic.verbs.CompletionStatus;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts what came of calls, to show that programs meet what they are made for: refusals by error, completions by
 * opcode where they succeeded and else by status.
 */
final class Tally {
    private long calls;
    private final Map<String, Long> refusals = new TreeMap<>();
    private final Map<String, Long> completions = new TreeMap<>();

    void add(final Outcome outcome) {
        calls++;
        if (!outcome.result().equals(Outcome.OK)) {
            count(refusals, outcome.result().replaceAll(" at .*", ""), 1);
        }
        for (final CompletedRequest completed : outcome.completions()) {
            final boolean done = completed.status() == CompletionStatus.SUCCESS;
            count(completions, done ? completed.opcode().name() : completed.status().name(), 1);
        }
    }

    private static void count(final Map<String, Long> counts, final String what, final long more) {
        counts.merge(what, more, Long::sum);
    }

    void add(final Tally other) {
        calls += other.calls;
        other.refusals.forEach((what, count) -> count(refusals, what, count));
        other.completions.forEach((what, count) -> count(completions, what, count));
    }

    long calls() {
        return calls;
    }

    @Override
    public String toString() {
        return calls + " calls; refused " + refusals + "; completions " + completions;
    }
}
