package io.rnic.bench.regcache.sim;

import io.rnic.registration.LongIntMap;
import java.util.Arrays;

/**
 * The fewest pages that have to be loaded, for any cache of a size: Belady's MIN on single pages (Belady, "A study of
 * replacement algorithms for a virtual-storage computer", 1966), and the fewest registrations that they take.
 */
final class PageBelady {
    private static final int NEVER = Integer.MAX_VALUE;

    private final RecordedTrace trace;
    private final int[] pages;
    private final int[] nextUse;
    private final int distinct;

    PageBelady(final RecordedTrace trace) {
        this.trace = trace;
        pages = new int[trace.accesses()];
        nextUse = new int[pages.length];
        final LongIntMap numbers = new LongIntMap();
        int at = 0;
        for (int i = 0; i < trace.size(); i++) {
            for (long page = trace.first(i); page < trace.first(i) + trace.count(i); page++) {
                int number = numbers.get(page);
                if (number == LongIntMap.NONE) {
                    number = numbers.size();
                    numbers.put(page, number);
                }
                pages[at++] = number;
            }
        }
        distinct = numbers.size();
        final int[] next = new int[distinct];
        Arrays.fill(next, NEVER);
        for (int i = pages.length - 1; i >= 0; i--) {
            nextUse[i] = next[pages[i]];
            next[pages[i]] = i;
        }
    }

    int accesses() {
        return pages.length;
    }

    /** How often a page is loaded by a cache of so many pages that knows the future. */
    long loads(final long capacity) {
        final TimeSet cached = new TimeSet(pages.length);
        long size = 0;
        long dead = 0;
        long loads = 0;
        final boolean[] isCached = new boolean[distinct];
        final int[] pageAt = pages;
        for (int i = 0; i < pageAt.length; i++) {
            final int page = pageAt[i];
            if (isCached[page]) {
                cached.remove(i);
            } else {
                loads++;
                if (size < capacity) {
                    size++;
                } else if (dead > 0) {
                    dead--;
                } else {
                    final int furthest = cached.last();
                    cached.remove(furthest);
                    isCached[pageAt[furthest]] = false;
                }
            }
            // A page that is not used again stands for room that is free to take.
            isCached[page] = nextUse[i] != NEVER;
            if (nextUse[i] == NEVER) {
                dead++;
            } else {
                cached.add(nextUse[i]);
            }
        }
        return loads;
    }

    /**
     * The fewest registrations: a stretch of requests that touches more pages than the cache holds registers at least
     * once, however regions are cut.
     */
    long registrations(final long capacity) {
        final int[] seenIn = new int[distinct];
        int stretch = 1;
        long touched = 0;
        int at = 0;
        for (int i = 0; i < trace.size(); i++) {
            for (int k = 0; k < trace.count(i); k++) {
                final int page = pages[at++];
                if (seenIn[page] != stretch) {
                    seenIn[page] = stretch;
                    touched++;
                }
            }
            if (touched > capacity) {
                stretch++;
                touched = 0;
            }
        }
        // The cache begins empty: the first request registers, even if its stretch never gets that long.
        return Math.max(1, stretch - 1);
    }
}
