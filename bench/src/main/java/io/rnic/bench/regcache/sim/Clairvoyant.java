package io.rnic.bench.regcache.sim;

import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * Evicts by what comes: of the regions whose next use is furthest away, the one that frees most for what it costs to
 * register it again. Keeps the rules of a cache, so its cost can be achieved; that nothing is better is not said.
 */
final class Clairvoyant implements Policy {
    private static final int REGION_BITS = 28;
    private static final long NEVER = (1L << (Long.SIZE - 1 - REGION_BITS)) - 1;

    private final NextUses uses;
    private final CostModel costs;
    private final int candidates;
    /** Next use and region, in one number each. */
    private final TreeSet<Long> order = new TreeSet<>();
    private long[] next = new long[64];
    private int[] intervals = new int[64];
    private int[] pages = new int[64];
    private int now;

    /** Looks at that many regions; one is plain Belady. */
    Clairvoyant(final NextUses uses, final CostModel costs, final int candidates) {
        this.uses = uses;
        this.costs = costs;
        this.candidates = candidates;
    }

    /** The request of that number comes next. */
    void advance(final int request) {
        now = request;
        // A use that another region has served is over for this one too.
        while (!order.isEmpty() && order.first() >>> REGION_BITS < now) {
            update((int) (order.first() & ((1 << REGION_BITS) - 1)));
        }
    }

    private void update(final int region) {
        order.remove((next[region] << REGION_BITS) | region);
        final int time = uses.after(intervals[region], now);
        next[region] = time == NextUses.NEVER ? NEVER : time;
        order.add((next[region] << REGION_BITS) | region);
    }

    @Override
    public void added(final int region, final long key, final int regionPages) {
        if (region >= next.length) {
            next = Arrays.copyOf(next, Math.max(region + 1, next.length * 2));
            intervals = Arrays.copyOf(intervals, next.length);
            pages = Arrays.copyOf(pages, next.length);
        }
        intervals[region] = uses.intervalOf(now);
        pages[region] = regionPages;
        next[region] = NEVER;
        update(region);
    }

    @Override
    public void hit(final int region) {
        update(region);
    }

    @Override
    public int victim(final Idle idle) {
        int best = NONE;
        double bestScore = -1;
        int looked = 0;
        for (final long entry : order.descendingSet()) {
            final int region = (int) (entry & ((1 << REGION_BITS) - 1));
            if (!idle.test(region)) {
                continue;
            }
            final double away = entry >>> REGION_BITS == NEVER ? 1e15 : (entry >>> REGION_BITS) - now;
            final double score = away * pages[region] / costs.miss(pages[region]);
            if (score > bestScore) {
                best = region;
                bestScore = score;
            }
            if (++looked >= candidates) {
                break;
            }
        }
        return best;
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        order.remove((next[region] << REGION_BITS) | region);
    }
}
