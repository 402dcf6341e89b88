package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.Arrays;

/**
 * 2Q, the full version: new regions pass through a queue of a quarter of the room, and only those that come back after
 * they left it get into the main list, which is LRU (Johnson and Shasha, "2Q: a low overhead high performance buffer
 * management replacement algorithm", VLDB 1994, with Kin = 25 % and Kout = 50 %).
 */
final class TwoQ implements Policy {
    private static final int IN = 0;
    private static final int MAIN = 1;

    private final long inPages;
    private final long outPages;
    private final Chains regions = new Chains(2);
    private final Ghosts out = new Ghosts(1);
    private long[] keys = new long[64];
    private boolean comesBack;

    /** A policy for that much room. */
    TwoQ(final PolicyContext context) {
        inPages = Math.max(1, context.capacityPages() / 4);
        outPages = Math.max(1, context.capacityPages() / 2);
    }

    @Override
    public void missed(final long key, final int pages) {
        comesBack = out.listOf(key) != Chains.NONE;
        out.forget(key);
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        keys = region < keys.length ? keys : Arrays.copyOf(keys, Math.max(region + 1, keys.length * 2));
        keys[region] = key;
        regions.add(comesBack ? MAIN : IN, region, pages);
    }

    @Override
    public void hit(final int region) {
        // Uses while it is in the queue belong together and count for nothing.
        if (regions.listOf(region) == MAIN) {
            regions.move(MAIN, region);
        }
    }

    @Override
    public int victim(final Idle idle) {
        return regions.pages(IN) > inPages || regions.isEmpty(MAIN)
            ? Victims.oldestIdle(regions, IN, MAIN, idle) : Victims.oldestIdle(regions, MAIN, IN, idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        if (evicted && regions.listOf(region) == IN) {
            out.add(0, keys[region], regions.pagesOf(region));
            out.trim(0, outPages);
        }
        regions.remove(region);
    }
}
