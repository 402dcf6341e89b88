package io.rnic.registration.policy;

import io.rnic.registration.Policy;

/**
 * Least recently used: the region whose last use is longest ago goes. What UCX, libfabric, Open MPI and MVAPICH2 do.
 */
final class Lru implements Policy {
    private final UseOrder regions = new UseOrder();

    @Override
    public void added(final int region, final long key, final int pages) {
        regions.use(region);
    }

    @Override
    public void hit(final int region) {
        regions.use(region);
    }

    @Override
    public int victim(final Idle idle) {
        return regions.oldest(idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        regions.remove(region);
    }
}
