package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.LimitException;
import io.rnic.bench.regcache.sim.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows that a sweep leaves out: their policy breaks, or their limit is smaller than a region of the trace. */
final class LeftOut {
    private final Unit unit;
    private final Map<String, List<String>> limitsByBreak = new LinkedHashMap<>();
    private final Map<String, List<String>> limitsByExecution = new LinkedHashMap<>();
    private final Map<Long, List<String>> policiesByLimit = new LinkedHashMap<>();
    private String firstLimit = "";

    LeftOut(final Unit unit) {
        this.unit = unit;
    }

    void add(final Plan.Cell cell, final Throwable why) {
        if (why instanceof LimitException) {
            policiesByLimit.computeIfAbsent(cell.limit(), limit -> new ArrayList<>()).add(cell.policy());
            firstLimit = firstLimit.isEmpty() ? String.valueOf(why.getMessage()) : firstLimit;
        } else {
            limitsByBreak.computeIfAbsent(cell.policy() + " is left out: " + why, what -> new ArrayList<>())
                .add(RegcacheTable.limit(cell.limit(), unit));
        }
    }

    /** A row that is simulated, and could not be executed. */
    void simulatedOnly(final Result result, final String why) {
        limitsByExecution.computeIfAbsent(result.policy() + " is simulated only: " + why, what -> new ArrayList<>())
            .add(RegcacheTable.limit(result.limit(), unit));
    }

    /** True if a policy broke, or could not be executed. */
    boolean hasBroken() {
        return !limitsByBreak.isEmpty() || !limitsByExecution.isEmpty();
    }

    /** What a reader should know. */
    List<String> notes(final long largestRegionBytes) {
        final List<String> notes = new ArrayList<>();
        limitsByBreak.forEach((what, limits) -> notes.add("policy " + what + " (limit " + String.join(", ", limits)
            + ")"));
        policiesByLimit.forEach((limit, policies) -> notes.add("limit " + RegcacheTable.limit(limit, unit)
            + " is left out for " + String.join(", ", policies.stream().distinct().toList())
            + ": the trace has a region of " + largestRegionBytes + " bytes, which needs as much at once, or more where"
            + " the limit is in parts"));
        return notes;
    }

    /** The same of those that could not be executed. */
    List<String> executionNotes() {
        final List<String> notes = new ArrayList<>();
        limitsByExecution.forEach((what, limits) -> notes.add("policy " + what + " (limit " + String.join(", ", limits)
            + ")"));
        return notes;
    }

    /** Why nothing is left. */
    String message(final long largestRegionBytes) {
        return hasBroken() ? String.join("; ", notes(largestRegionBytes)) : firstLimit;
    }
}
