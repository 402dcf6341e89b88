package io.rnic.registration.policy;

import io.rnic.registration.Extent;
import io.rnic.registration.LongIntMap;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.Arrays;

/**
 * This project's own: registers ahead of runs of requests as far as the odds pay, and otherwise does as
 * {@link Arc} does.
 *
 * <p>A call that registers costs as much as many pages do, so where one request follows behind the other it is cheaper
 * to register for several at once. A request that begins where a region ends goes on with that region's run. From how
 * long runs were so far come the odds that the run goes on for another request ({@link RunOdds}). If it does, its
 * registration is saved; if not, its pages were registered in vain and kept others out ({@link PageRent}). The region
 * reaches one request further while
 *
 * <pre>
 *   odds · (call + pages · (page + rent))  >  pages · (page + rent)
 * </pre>
 *
 * <p>with call = a + c and page = b + d of the cost model, up to a quarter of the limit, and up to the next region. A
 * region's run has ended if it did not go on within {@value #PATIENCE} further registrations. Uses that were foreseen
 * tell nothing of whether the region will be used again; only those beyond count.
 */
final class Ahead implements Policy {
    private static final int PATIENCE = 256;
    private static final int MAX_RUN = 512;
    private static final int SHARE = 4;
    private static final int FIRST_REGIONS = 64;

    private final Arc keeper;
    private final RunOdds odds = new RunOdds();
    private final PageRent rent;
    private final double callNs;
    private final double pageNs;
    private final long maxPages;
    private final LongIntMap regionByEnd = new LongIntMap();

    private long[] firsts = new long[FIRST_REGIONS];
    private long[] ends = new long[FIRST_REGIONS];
    /** How many requests of its run came before a region's first. */
    private int[] before = new int[FIRST_REGIONS];
    /** For how many requests more than the first it was registered. */
    private int[] ahead = new int[FIRST_REGIONS];
    private int[] uses = new int[FIRST_REGIONS];
    private boolean[] judged = new boolean[FIRST_REGIONS];

    private final int[] recent = new int[PATIENCE];
    private int registered;

    private long nextFirst;
    private long nextEnd;
    private int nextBefore;
    private int nextAhead;

    Ahead(final PolicyContext context) {
        keeper = new Arc(context);
        rent = new PageRent(context.capacityPages());
        callNs = context.costs().miss(0);
        pageNs = context.costs().miss(1) - callNs;
        maxPages = context.capacityPages() / SHARE;
        Arrays.fill(recent, NONE);
    }

    @Override
    public void extend(final Extent extent) {
        final long pages = extent.requestEnd() - extent.requestFirst();
        rent.missed(extent.requestFirst(), callNs + pageNs * pages);
        // Two requests in a row may share the page in which one ends and the other begins.
        int behind = regionByEnd.get(extent.requestFirst());
        behind = behind == LongIntMap.NONE ? regionByEnd.get(extent.requestFirst() + 1) : behind;
        nextBefore = 0;
        if (behind != LongIntMap.NONE) {
            nextBefore = Math.min(MAX_RUN, before[behind] + ahead[behind] + 1);
            judge(behind, ahead[behind], true);
        }
        nextAhead = requestsAhead(pages);
        extent.extendTo(extent.requestFirst(),
            Math.min(extent.requestEnd() + nextAhead * pages, extent.nextFirst()));
        nextFirst = extent.requestFirst();
        nextEnd = extent.end();
    }

    private int requestsAhead(final long pages) {
        final double vainNs = (pageNs + rent.ns()) * pages;
        double likely = 1;
        int count = 0;
        while (nextBefore + count < MAX_RUN && (count + 2) * pages <= maxPages) {
            likely *= odds.of(nextBefore + count);
            if (likely * (callNs + vainNs) <= vainNs) {
                break;
            }
            count++;
        }
        return count;
    }

    /** Takes note, once, of how far a region's run went: so many requests more than its first, and then on, or not. */
    private void judge(final int region, final int went, final boolean on) {
        if (!judged[region]) {
            judged[region] = true;
            for (int i = 0; i < went; i++) {
                odds.note(before[region] + i, true);
            }
            odds.note(before[region] + went, on);
        }
    }

    private void judgeByUses(final int region) {
        judge(region, Math.min(uses[region], ahead[region]), false);
    }

    @Override
    public void missed(final long key, final int pages) {
        keeper.missed(key, pages);
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        if (region >= ends.length) {
            grow(Math.max(region + 1, ends.length * 2));
        }
        firsts[region] = nextFirst;
        ends[region] = nextEnd;
        before[region] = nextBefore;
        ahead[region] = nextAhead;
        uses[region] = 0;
        judged[region] = false;
        regionByEnd.put(nextEnd, region);
        final int place = registered++ & (PATIENCE - 1);
        // A region that has gone meanwhile was judged then; one that has its number now is judged a little early.
        if (recent[place] != NONE && recent[place] != region) {
            judgeByUses(recent[place]);
        }
        recent[place] = region;
        keeper.added(region, key, pages);
    }

    @Override
    public void hit(final int region) {
        if (uses[region]++ >= ahead[region]) {
            keeper.hit(region);
        }
    }

    @Override
    public int victim(final Idle idle) {
        return keeper.victim(idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        if (regionByEnd.get(ends[region]) == region) {
            regionByEnd.remove(ends[region]);
        }
        judgeByUses(region);
        if (evicted) {
            rent.evicted(firsts[region], (int) (ends[region] - firsts[region]));
        }
        keeper.removed(region, evicted);
    }

    private void grow(final int length) {
        firsts = Arrays.copyOf(firsts, length);
        ends = Arrays.copyOf(ends, length);
        before = Arrays.copyOf(before, length);
        ahead = Arrays.copyOf(ahead, length);
        uses = Arrays.copyOf(uses, length);
        judged = Arrays.copyOf(judged, length);
    }
}
