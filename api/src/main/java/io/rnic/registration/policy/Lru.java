package io.rnic.registration.policy;

import io.rnic.registration.Policy;

/**
 * Least recently used: the region whose last use is longest ago goes. What UCX, libfabric, Open MPI and MVAPICH2 do.
 */
final class Lru implements Policy {
    private final Chains regions = new Chains(1);

    @Override
    public void added(final int region, final long key, final int pages) {
        regions.add(0, region, pages);
    }

    @Override
    public void hit(final int region) {
        regions.move(0, region);
    }

    @Override
    public int victim(final Idle idle) {
        return Victims.oldestIdle(regions, 0, idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        regions.remove(region);
    }
}
