package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Sharing;
import io.rnic.bench.regcache.sim.Simulation;
import io.rnic.bench.regcache.sim.Tally;
import io.rnic.bench.regcache.sim.Unit;
import io.rnic.registration.CostModel;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a policy did under a limit; or a bound, which has a cost only.
 *
 * @param policy          the policy's name
 * @param sharing         how processes shared the limit
 * @param unit            what was cached
 * @param limit           pages or blocks; bytes for regions
 * @param requests        requests, or accesses of pages or blocks
 * @param hits            those that nothing was registered for
 * @param registrations   calls that registered
 * @param deregistrations regions that were deregistered before the end
 * @param registeredPages pages, or blocks, of all registrations
 * @param costNs          what all of it costs, in nanoseconds
 * @param lockedBytesMax  the most bytes that were registered at a time
 * @param deregisteredPages pages, or blocks, of all deregistrations
 * @param refused         requests that got nothing registered, because other processes had it all
 * @param processes       the same by process, in the order of their numbers, where each had a cache of its own
 * @param measuredNs      with {@code --execute} what registering and deregistering took; null otherwise
 * @param modelledNs      then what the simulation costs by what registrations cost at that moment; null otherwise
 */
record Result(String policy, Sharing sharing, Unit unit, long limit, long requests, long hits, long registrations,
              long deregistrations, long registeredPages, long deregisteredPages, double costNs, long lockedBytesMax,
              long refused, List<Share> processes, @Nullable Double measuredNs, @Nullable Double modelledNs) {
    /** The lower bound's name. */
    static final String LOWER_BOUND = "lower-bound";
    /** The reference's name. */
    static final String REFERENCE = "clairvoyant";

    /**
     * What a process had of it.
     *
     * @param requests       its requests
     * @param hits           those that nothing was registered for
     * @param refused        those that got nothing registered
     * @param costNs         what they cost, in nanoseconds
     * @param lockedBytesMax the most bytes that it had registered at a time
     */
    record Share(long requests, long hits, long refused, double costNs, long lockedBytesMax) {
        /** What a request of those that were not refused costs, in nanoseconds. */
        double costPerRequestNs() {
            return requests == refused ? 0 : costNs / (requests - refused);
        }
    }

    static Result of(final Plan.Cell cell, final Unit unit, final Simulation simulation, final CostModel costs,
        final int batch) {
        final Tally tally = simulation.tally();
        return new Result(cell.policy(), cell.sharing(), unit, cell.limit(), tally.requests(), tally.hits(),
            tally.registrations(), tally.deregistrations(), tally.registeredPages(), tally.deregisteredPages(),
            tally.cost(costs, batch), tally.lockedPagesMax() * unit.bytes(), tally.refused(),
            simulation.processes().stream().map(each -> new Share(each.requests(), each.hits(), each.refused(),
                each.cost(costs, batch), each.lockedPagesMax() * unit.bytes())).toList(), null, null);
    }

    static Result bound(final String name, final Unit unit, final long limit, final double costNs) {
        return new Result(name, Sharing.ONE, unit, limit, 0, 0, 0, 0, 0, 0, costNs, 0, 0, List.of(), null, null);
    }

    /** The same, executed while registrations cost that. */
    Result withMeasured(final double ns, final CostModel costs) {
        final double modelled = registrations * costs.registerNs() + registeredPages * costs.registerPageNs()
            + deregistrations * costs.deregisterNs() + deregisteredPages * costs.deregisterPageNs()
            + hits * costs.hitNs();
        return new Result(policy, sharing, unit, limit, requests, hits, registrations, deregistrations,
            registeredPages, deregisteredPages, costNs, lockedBytesMax, refused, processes, ns, modelled);
    }

    /** The policy, and how the limit was shared if it was. */
    String label() {
        return sharing == Sharing.ONE ? policy : policy + " " + sharing.label();
    }

    boolean isBound() {
        return policy.equals(LOWER_BOUND) || policy.equals(REFERENCE);
    }

    double hitRatio() {
        return requests == 0 ? 0 : (double) hits / requests;
    }

    double costPerRequestNs(final long allRequests) {
        return allRequests == 0 ? 0 : costNs / allRequests;
    }

    /** By name, as JSON and CSV have it; what does not apply is null. */
    Map<String, @Nullable Object> columns() {
        final Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("policy", policy);
        columns.put("unit", unit.label());
        columns.put("limit", limit);
        columns.put("requests", isBound() ? null : requests);
        columns.put("hits", isBound() ? null : hits);
        columns.put("hitRatio", isBound() ? null : rounded(hitRatio(), 6));
        columns.put("cost", rounded(costNs, 0));
        columns.put("lockedBytesMax", isBound() ? null : lockedBytesMax);
        columns.put("registrations", isBound() ? null : registrations);
        columns.put("deregistrations", isBound() ? null : deregistrations);
        columns.put("registeredPages", isBound() ? null : registeredPages);
        columns.put("deregisteredPages", isBound() ? null : deregisteredPages);
        columns.put("sharing", isBound() ? null : sharing.label());
        columns.put("refused", isBound() ? null : refused);
        columns.put("simulatedThen", modelledNs == null ? null : rounded(modelledNs, 0));
        columns.put("measuredCost", measuredNs == null ? null : rounded(measuredNs, 0));
        return columns;
    }

    private static BigDecimal rounded(final double value, final int digits) {
        return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP);
    }
}
