package io.rnic.registration.policy;

import io.rnic.registration.Policy;

/**
 * Least frequently used: the region with the fewest uses since it was registered goes, of several the one whose last
 * use is longest ago. Counts end with the registration ("in-cache LFU").
 */
final class Lfu implements Policy {
    private final Ranking uses = new Ranking();

    @Override
    public void added(final int region, final long key, final int pages) {
        uses.rank(region, 1);
    }

    @Override
    public void hit(final int region) {
        uses.rank(region, uses.rank(region) + 1);
    }

    @Override
    public int victim(final Idle idle) {
        return uses.lowest(idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        uses.remove(region);
    }
}
