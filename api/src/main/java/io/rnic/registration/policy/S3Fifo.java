package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.Arrays;

/**
 * S3-FIFO: a small queue for new regions, a main queue for those used again meanwhile or that come back soon after,
 * both first in, first out (Yang, Zhang, Qiu, Yue and Vinayak, "FIFO queues are all you need for cache eviction", SOSP
 * 2023, Algorithm 1): small is a tenth of the room, uses are counted up to 3, more than one gets a region into main.
 */
final class S3Fifo implements Policy {
    private static final int SMALL = 0;
    private static final int MAIN = 1;
    private static final byte MAX_USES = 3;

    private final long smallPages;
    private final long mainPages;
    private final Chains regions = new Chains(2);
    private final Ghosts gone = new Ghosts(1);
    private long[] keys = new long[64];
    private byte[] uses = new byte[64];
    private boolean comesBack;
    private int count;

    /** A policy for that much room. */
    S3Fifo(final PolicyContext context) {
        smallPages = Math.max(1, context.capacityPages() / 10);
        mainPages = context.capacityPages() - smallPages;
    }

    @Override
    public void missed(final long key, final int pages) {
        comesBack = gone.listOf(key) != Chains.NONE;
        gone.forget(key);
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        if (region >= keys.length) {
            keys = Arrays.copyOf(keys, Math.max(region + 1, keys.length * 2));
            uses = Arrays.copyOf(uses, keys.length);
        }
        keys[region] = key;
        uses[region] = 0;
        count++;
        regions.add(comesBack ? MAIN : SMALL, region, pages);
    }

    @Override
    public void hit(final int region) {
        uses[region] = (byte) Math.min(uses[region] + 1, MAX_USES);
    }

    @Override
    public int victim(final Idle idle) {
        // A region is met at most once in small and, with each of its uses, once in main; then all are in use.
        for (int steps = (MAX_USES + 2) * count; steps > 0; steps--) {
            final boolean small = !regions.isEmpty(SMALL)
                && (regions.isEmpty(MAIN) || (regions.pages(SMALL) >= smallPages && regions.pages(MAIN) <= mainPages));
            final int region = regions.oldest(small ? SMALL : MAIN);
            if (!idle.test(region)) {
                regions.move(small ? SMALL : MAIN, region);
            } else if (small && uses[region] > 1) {
                uses[region] = 0;
                regions.move(MAIN, region);
            } else if (!small && uses[region] > 0) {
                uses[region]--;
                regions.move(MAIN, region);
            } else {
                return region;
            }
        }
        return Victims.oldestIdle(regions, SMALL, MAIN, idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        if (evicted && regions.listOf(region) == SMALL) {
            gone.add(0, keys[region], regions.pagesOf(region));
            gone.trim(0, mainPages);
        }
        regions.remove(region);
        count--;
    }
}
