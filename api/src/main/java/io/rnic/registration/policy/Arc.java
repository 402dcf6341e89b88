package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.Arrays;

/**
 * ARC: a list of regions used once (T1) and one of those used more often (T2), each with a list of those that left it
 * (B1, B2); a request for one that left moves the border between the two (Megiddo and Modha, "ARC: a self-tuning, low
 * overhead replacement cache", FAST 2003, Fig. 4). Here with sizes: lists are measured in pages.
 */
final class Arc implements Policy {
    /** T1 and B1: used once. */
    private static final int ONCE = 0;
    /** T2 and B2: used more often. */
    private static final int OFTEN = 1;

    private final long capacity;
    private final Chains regions = new Chains(2);
    private final Ghosts gone = new Ghosts(2);
    private long[] keys = new long[64];
    /** How many pages T1 should have: p. */
    private double target;
    private int cameFrom = Chains.NONE;
    private boolean forgets;

    /** A policy for that much room. */
    Arc(final PolicyContext context) {
        capacity = context.capacityPages();
    }

    @Override
    public void missed(final long key, final int pages) {
        cameFrom = gone.listOf(key);
        forgets = false;
        final double once = (double) gone.pages(ONCE);
        final double often = (double) gone.pages(OFTEN);
        if (cameFrom == ONCE) {
            target = Math.min((double) capacity, target + Math.max(often / once, 1) * pages);
            gone.forget(key);
        } else if (cameFrom == OFTEN) {
            target = Math.max(0, target - Math.max(once / often, 1) * pages);
            gone.forget(key);
        } else {
            // Case IV: T1 and B1 together have no more than the capacity, all four no more than twice as much.
            forgets = regions.pages(ONCE) + pages > capacity;
            gone.trim(ONCE, capacity - pages - regions.pages(ONCE));
            final long all = regions.pages(ONCE) + regions.pages(OFTEN) + gone.pages(ONCE);
            gone.trim(OFTEN, 2 * capacity - pages - all);
        }
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        keys = region < keys.length ? keys : Arrays.copyOf(keys, Math.max(region + 1, keys.length * 2));
        keys[region] = key;
        regions.add(cameFrom == Chains.NONE ? ONCE : OFTEN, region, pages);
    }

    @Override
    public void hit(final int region) {
        regions.move(OFTEN, region);
    }

    @Override
    public int victim(final Idle idle) {
        final long once = regions.pages(ONCE);
        final boolean fromOnce = once > 0 && (forgets || once > target || (cameFrom == OFTEN && once >= target));
        return fromOnce ? Victims.oldestIdle(regions, ONCE, OFTEN, idle)
            : Victims.oldestIdle(regions, OFTEN, ONCE, idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        final int list = regions.listOf(region);
        if (evicted && !(forgets && list == ONCE)) {
            gone.add(list, keys[region], regions.pagesOf(region));
        }
        regions.remove(region);
    }
}
