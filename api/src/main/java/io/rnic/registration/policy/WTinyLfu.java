package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.Arrays;

/**
 * W-TinyLFU: new regions stand in a window of 1 % of the room; one that leaves it stays only if it was asked for more
 * often of late than the one that would go from the main part, which is a segmented LRU with 80 % protected (Einziger,
 * Friedman and Manes, "TinyLFU: a highly efficient cache admission policy", ACM TOS 2017).
 */
final class WTinyLfu implements Policy {
    private static final int WINDOW = 0;
    private static final int PROBATION = 1;
    private static final int PROTECTED = 2;

    private final long windowPages;
    private final long protectedPages;
    private final Chains regions = new Chains(3);
    private final FrequencySketch uses;
    private long[] keys = new long[64];
    private int comingPages;

    /** A policy for that much room. */
    WTinyLfu(final PolicyContext context) {
        windowPages = Math.max(1, context.capacityPages() / 100);
        protectedPages = (context.capacityPages() - windowPages) * 4 / 5;
        uses = new FrequencySketch(context.capacityPages());
    }

    @Override
    public void missed(final long key, final int pages) {
        uses.add(key);
        comingPages = pages;
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        keys = region < keys.length ? keys : Arrays.copyOf(keys, Math.max(region + 1, keys.length * 2));
        keys[region] = key;
        regions.add(WINDOW, region, pages);
        // While there is room, what leaves the window stays.
        while (regions.pages(WINDOW) > windowPages && regions.oldest(WINDOW) != region) {
            regions.move(PROBATION, regions.oldest(WINDOW));
        }
    }

    @Override
    public void hit(final int region) {
        uses.add(keys[region]);
        if (regions.listOf(region) == WINDOW) {
            regions.move(WINDOW, region);
        } else {
            regions.move(PROTECTED, region);
            while (regions.pages(PROTECTED) > protectedPages) {
                regions.move(PROBATION, regions.oldest(PROTECTED));
            }
        }
    }

    @Override
    public int victim(final Idle idle) {
        final int main = Victims.oldestIdle(regions, PROBATION, PROTECTED, idle);
        if (regions.pages(WINDOW) + comingPages <= windowPages && main != NONE) {
            return main;
        }
        final int candidate = Victims.oldestIdle(regions, WINDOW, idle);
        if (candidate != NONE && main != NONE && uses.count(keys[candidate]) > uses.count(keys[main])) {
            regions.move(PROBATION, candidate);
            return main;
        }
        return candidate != NONE ? candidate : main;
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        regions.remove(region);
    }
}
