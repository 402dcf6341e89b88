package io.rnic.registration.policy;

import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.Arrays;

/**
 * GreedyDual-Size with frequency: what a region costs to miss, times its uses, for each of its pages, and how long ago
 * it was used last, tell who goes (Cherkasova, "Improving WWW proxies performance with Greedy-Dual-Size-Frequency
 * caching policy", HP Labs 1998).
 */
final class Gdsf implements Policy {
    private final CostModel costs;
    private final Ranking worth = new Ranking();
    private double[] perPage = new double[64];
    private int[] uses = new int[64];
    /** The worth of what went last: what is not used falls behind it. */
    private double age;

    /** A policy for those costs. */
    Gdsf(final PolicyContext context) {
        costs = context.costs();
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        if (region >= uses.length) {
            uses = Arrays.copyOf(uses, Math.max(region + 1, uses.length * 2));
            perPage = Arrays.copyOf(perPage, uses.length);
        }
        perPage[region] = costs.miss(pages) / pages;
        uses[region] = 0;
        hit(region);
    }

    @Override
    public void hit(final int region) {
        uses[region]++;
        worth.rank(region, age + uses[region] * perPage[region]);
    }

    @Override
    public int victim(final Idle idle) {
        return worth.lowest(idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        if (evicted) {
            age = Math.max(age, worth.rank(region));
        }
        worth.remove(region);
    }
}
