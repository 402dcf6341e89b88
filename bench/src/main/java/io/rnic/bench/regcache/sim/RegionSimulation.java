package io.rnic.bench.regcache.sim;

import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyException;
import io.rnic.registration.RegionTable;

/** Regions of whole pages, by the same {@link RegionTable} that decides for real memory. */
final class RegionSimulation implements Simulation, RegionTable.Registrar {
    private final Policy policy;
    private final CacheLimits limits;
    private final RegionTable table;
    private final Tally tally = new Tally();

    RegionSimulation(final Policy policy, final CacheLimits limits) {
        this.policy = policy;
        this.limits = limits;
        table = new RegionTable(policy, limits, this, 0);
    }

    @Override
    public void request(final long offset, final long length) {
        final long first = offset / CostModel.PAGE_BYTES;
        final long end = (offset + length - 1) / CostModel.PAGE_BYTES + 1;
        tally.request();
        final int region = table.find(first, end);
        if (region != RegionTable.NONE) {
            tally.hit();
            table.hit(region);
        } else if (table.add(first, end, 0, Long.MAX_VALUE) == RegionTable.NONE) {
            if (end - first <= limits.pages()) {
                throw new PolicyException(policy, "names no victim, and all regions are idle; allowed: one of them");
            }
            throw new LimitException(limits.pages() * CostModel.PAGE_BYTES, (end - first) * CostModel.PAGE_BYTES);
        }
    }

    @Override
    public boolean register(final int region, final long from, final long to) {
        tally.registered(to - from);
        tally.locked(table.registeredPages() + to - from);
        return true;
    }

    @Override
    public boolean deregister(final int region) {
        tally.deregistered(table.pages(region));
        return true;
    }

    @Override
    public boolean isIdle(final int region) {
        return true;
    }

    @Override
    public Tally tally() {
        return tally;
    }
}
