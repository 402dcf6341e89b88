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
     */
    record Part(List<Shard> shards, long requests, String hash) {
    }

    /** The requests that the results are about. */
    long requests() {
        return results.stream().mapToLong(Result::requests).max().orElse(0);
    }
}
