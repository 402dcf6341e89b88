package io.rnic.bench.regcache.sim;

import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.RegistrationMode;
import java.util.function.Function;

/** Makes the simulation that a policy's mode and a unit ask for. */
public final class Simulations {
    private Simulations() {
    }

    /**
     * A simulation.
     *
     * @param limits  pages, or blocks, in all; of a simulation by pages or blocks the rest of it is without meaning
     * @param sharing how processes share the limit; of regions alone
     * @param weights of the processes
     */
    public static Simulation of(final Function<PolicyContext, Policy> maker, final Unit unit, final CacheLimits limits,
        final CostModel costs, final Sharing sharing, final Weights weights) {
        final PolicyContext context = new PolicyContext(limits.pages(), costs);
        final Policy policy = maker.apply(context);
        if (sharing != Sharing.ONE && unit == Unit.REGION && policy.mode() == RegistrationMode.CACHED) {
            return new SharedSimulation(sharing, weights, limits, () -> maker.apply(context));
        }
        return switch (policy.mode()) {
            case PER_REQUEST -> new PerRequestSimulation(unit, limits.pages());
            case BEFOREHAND -> new BeforehandSimulation(unit);
            case ON_DEMAND -> new OnDemandSimulation(policy, unit, limits.pages());
            case CACHED -> unit == Unit.REGION ? new RegionSimulation(policy, limits)
                : new UnitSimulation(policy, unit.bytes(), limits.pages());
        };
    }
}
