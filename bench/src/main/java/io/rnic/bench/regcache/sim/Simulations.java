package io.rnic.bench.regcache.sim;

import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.function.Function;

/** Makes the simulation that a policy's mode and a unit ask for. */
public final class Simulations {
    private Simulations() {
    }

    /**
     * A simulation.
     *
     * @param limits pages, or blocks, in all; of a simulation by pages or blocks the rest of it is without meaning
     */
    public static Simulation of(final Function<PolicyContext, Policy> maker, final Unit unit, final CacheLimits limits,
        final CostModel costs) {
        final Policy policy = maker.apply(new PolicyContext(limits.pages(), costs));
        return switch (policy.mode()) {
            case PER_REQUEST -> new PerRequestSimulation(unit, limits.pages());
            case BEFOREHAND -> new BeforehandSimulation(unit);
            case ON_DEMAND -> new OnDemandSimulation(policy, unit, limits.pages());
            case CACHED -> unit == Unit.REGION ? new RegionSimulation(policy, limits)
                : new UnitSimulation(policy, unit.bytes(), limits.pages());
        };
    }
}
