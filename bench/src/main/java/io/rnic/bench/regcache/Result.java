package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Tally;
import io.rnic.bench.regcache.sim.Unit;
import io.rnic.registration.CostModel;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a policy did under a limit; or a bound, which has a cost only.
 *
 * @param policy          the policy's name
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
 * @param measuredNs      with {@code --execute} what registering and deregistering took; null otherwise
 * @param modelledNs      then what the simulation costs by what registrations cost at that moment; null otherwise
 */
record Result(String policy, Unit unit, long limit, long requests, long hits, long registrations, long deregistrations,
              long registeredPages, long deregisteredPages, double costNs, long lockedBytesMax,
              @Nullable Double measuredNs, @Nullable Double modelledNs) {
    /** The lower bound's name. */
    static final String LOWER_BOUND = "lower-bound";
    /** The reference's name. */
    static final String REFERENCE = "clairvoyant";

    static Result of(final String policy, final Unit unit, final long limit, final Tally tally, final CostModel costs,
        final int batch) {
        return new Result(policy, unit, limit, tally.requests(), tally.hits(), tally.registrations(),
            tally.deregistrations(), tally.registeredPages(), tally.deregisteredPages(),
            tally.cost(costs, batch), tally.lockedPagesMax() * unit.bytes(), null, null);
    }

    static Result bound(final String name, final Unit unit, final long limit, final double costNs) {
        return new Result(name, unit, limit, 0, 0, 0, 0, 0, 0, costNs, 0, null, null);
    }

    /** The same, executed while registrations cost that. */
    Result withMeasured(final double ns, final CostModel costs) {
        final double modelled = registrations * costs.registerNs() + registeredPages * costs.registerPageNs()
            + deregistrations * costs.deregisterNs() + deregisteredPages * costs.deregisterPageNs()
            + hits * costs.hitNs();
        return new Result(policy, unit, limit, requests, hits, registrations, deregistrations, registeredPages,
            deregisteredPages, costNs, lockedBytesMax, ns, modelled);
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
        columns.put("simulatedThen", modelledNs == null ? null : rounded(modelledNs, 0));
        columns.put("measuredCost", measuredNs == null ? null : rounded(measuredNs, 0));
        return columns;
    }

    private static BigDecimal rounded(final double value, final int digits) {
        return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP);
    }
}
