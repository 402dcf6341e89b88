package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Sharing;
import io.rnic.bench.regcache.sim.Unit;
import io.rnic.bench.regcache.sim.Weights;
import io.rnic.bench.regcache.trace.RequestSource;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done, checked.
 *
 * @param source   the requests
 * @param policies by name, in order
 * @param sharings how processes share a limit
 * @param weights  of the processes; if a sharing needs to know how many there are, they do
 * @param limits   pages or blocks; bytes for regions
 * @param unit     what is cached
 * @param merge    whether overlapping and adjacent regions are merged
 * @param batch    how many regions are deregistered together
 * @param cost     as it was written
 * @param frontEnd by which memory is registered
 * @param execute  whether memory is registered
 * @param bounds   whether bounds are looked for
 * @param shard    which part of the sweep
 */
record Plan(RequestSource source, Map<String, Function<PolicyContext, Policy>> policies, List<Sharing> sharings,
            Weights weights, List<Long> limits, Unit unit, boolean merge, int batch, String cost, String frontEnd,
            boolean execute, boolean bounds, Shard shard) {
    /** Of the measured costs, the memory that is registered. */
    static final long MEASURED_BYTES = 64L << 20;

    /** A policy under a limit that is shared so. */
    record Cell(String policy, Sharing sharing, long limit) {
    }

    /** This shard's cells. */
    List<Cell> cells() {
        final List<Cell> all = policies.keySet().stream()
            .flatMap(policy -> sharings.stream().flatMap(sharing -> limits.stream()
                .map(limit -> new Cell(policy, sharing, limit)))).toList();
        return all.stream().filter(cell -> shard.has(all.indexOf(cell))).toList();
    }

    /** What all parts of the sweep have in common. */
    RegcacheReport.Planned planned() {
        return new RegcacheReport.Planned(List.copyOf(policies.keySet()),
            sharings.stream().map(Sharing::label).toList(), weights.given(), limits, merge, bounds,
            execute ? frontEnd : "");
    }

    /** The limits whose bounds are this shard's. */
    List<Long> boundLimits() {
        return bounds ? limits.stream().filter(limit -> shard.has(limits.indexOf(limit))).toList() : List.of();
    }

    /** The policy's maker. */
    Function<PolicyContext, Policy> maker(final String policy) {
        final @Nullable Function<PolicyContext, Policy> maker = policies.get(policy);
        if (maker == null) {
            throw new IllegalArgumentException(policy);
        }
        return maker;
    }
}
