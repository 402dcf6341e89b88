package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Unit;
import io.rnic.registration.CostModel;
import java.util.List;
import java.util.Map;

/**
 * Everything that a sweep found out.
 *
 * @param host     facts about the machine
 * @param trace    what was simulated
 * @param part     which part of which sweep it is
 * @param unit     what was cached
 * @param costs    what registrations cost
 * @param costNote where that is from, with the error of the fit if it was measured
 * @param batch    how many deregistrations share a call
 * @param complete false if the sweep was stopped: then it is about the requests so far
 * @param results  a row for each policy and limit
 * @param bounds   rows of the bounds
 * @param notes    what a reader should know
 */
record RegcacheReport(Map<String, Object> host, String trace, Part part, Unit unit, CostModel costs, String costNote,
                      int batch, boolean complete, List<Result> results, List<Result> bounds, List<String> notes) {
    /**
     * What tells whether parts belong together.
     *
     * @param shards   those of the sweep that are in it; none if that is not known
     * @param requests of the trace, as far as it was read; 0 if that is not known
     * @param hash     of those requests
     * @param planned  what the whole sweep was to do
     */
    record Part(List<Shard> shards, long requests, String hash, Planned planned) {
    }

    /**
     * What all parts of a sweep have in common, beside the trace and the costs.
     *
     * @param policies by name, in order
     * @param sharings how processes share a limit, by name
     * @param weights  of the first processes
     * @param limits   pages or blocks; bytes for regions
     * @param merge    whether overlapping and adjacent regions are merged
     * @param bounds   whether bounds are looked for
     * @param execute  the front end by which memory is registered; empty if it is not
     */
    record Planned(List<String> policies, List<String> sharings, List<Integer> weights, List<Long> limits,
                   boolean merge, boolean bounds, String execute) {
        /** The first thing that another sweep does otherwise, and how; empty if there is none. */
        String difference(final Planned other) {
            return !policies.equals(other.policies) ? "policies " + String.join(",", policies)
                : !limits.equals(other.limits) ? "limits " + limits
                : !sharings.equals(other.sharings) ? "sharing " + String.join(",", sharings)
                : !weights.equals(other.weights) ? "weights " + weights
                : merge != other.merge ? merge ? "regions merged" : "regions not merged"
                : bounds != other.bounds ? bounds ? "with bounds" : "without bounds"
                : execute.equals(other.execute) ? "" : execute.isEmpty() ? "not executed" : "executed by front end "
                    + execute;
        }

        boolean has(final Result result) {
            return limits.contains(result.limit()) && (result.isBound() ? bounds
                : policies.contains(result.policy()) && sharings.contains(result.sharing().label()));
        }
    }

    /** The requests that the results are about. */
    long requests() {
        return results.stream().mapToLong(Result::requests).max().orElse(0);
    }
}
