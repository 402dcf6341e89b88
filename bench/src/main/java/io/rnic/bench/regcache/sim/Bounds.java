package io.rnic.bench.regcache.sim;

import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;

/**
 * What the cost under a limit cannot be below, and what it can be if the future is known.
 *
 * <p>The lower bound holds for every cache that stays within the limit, whatever regions it makes: pages are priced as
 * Belady's MIN loads them one by one, b each, and d for each that has to leave; and calls, a and c, for the fewest
 * registrations that any cutting takes. It is not reached in general: with sizes the problem is NP-hard. By pages or
 * blocks there are no sizes, and MIN is the optimum itself.
 *
 * <p>The reference is a run of the cache with a policy that knows the future. It is no optimum: a cache that registers
 * more than it is asked for may be cheaper.
 *
 * @param limitUnits  the limit, in pages or blocks
 * @param lowerNs     the lower bound
 * @param referenceNs the cheapest of the runs that know the future
 */
public record Bounds(long limitUnits, double lowerNs, double referenceNs) {
    /** How many of the regions furthest away a run compares by cost: 1 is plain Belady. */
    private static final int[] CANDIDATES = {1, 16, 128};

    /** What is the same for all limits: made once. */
    public static final class Finder {
        private final RecordedTrace trace;
        private final Unit unit;
        private final CostModel costs;
        private final PageBelady belady;
        private final NextUses uses;

        /** Looks through a trace that was kept whole. */
        public Finder(final RecordedTrace trace, final Unit unit, final CostModel costs) {
            this.trace = trace;
            this.unit = unit;
            this.costs = costs;
            belady = new PageBelady(trace);
            uses = new NextUses(trace);
        }

        /** The bounds under a limit. */
        public Bounds find(final CacheLimits limits) {
            final long loads = belady.loads(limits.pages());
            final long leave = Math.max(0, loads - limits.pages());
            if (unit != Unit.REGION) {
                final double optimum = loads * costs.register(1)
                    + leave * (costs.deregisterNs() / limits.batch() + costs.deregisterPageNs())
                    + (belady.accesses() - loads) * costs.hitNs();
                return new Bounds(limits.pages(), optimum, optimum);
            }
            final long calls = belady.registrations(limits.pages());
            final double callNs = Math.min(costs.registerNs(), costs.faultNs());
            final double lower = calls * callNs + Math.max(0, calls - limits.pages()) * costs.deregisterNs()
                / limits.batch() + loads * costs.registerPageNs() + leave * costs.deregisterPageNs()
                + (trace.size() - calls) * Math.min(callNs, costs.hitNs());
            double reference = Double.POSITIVE_INFINITY;
            for (final int candidates : CANDIDATES) {
                reference = Math.min(reference, run(new Clairvoyant(uses, costs, candidates), limits));
            }
            return new Bounds(limits.pages(), lower, reference);
        }

        private double run(final Clairvoyant policy, final CacheLimits limits) {
            final RegionSimulation simulation = new RegionSimulation(policy, limits);
            for (int i = 0; i < trace.size(); i++) {
                policy.advance(i);
                simulation.request(trace.first(i) * unit.bytes(), (long) trace.count(i) * unit.bytes());
            }
            return simulation.tally().cost(costs, limits.batch());
        }
    }
}
