package io.rnic.registration.policy;

import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.Arrays;

/**
 * Landlord: a region has credit of what it costs to miss; for room, all pay rent by their pages until one has none left
 * and goes; a use gives the credit back (Young, "On-line file caching", SODA 1998; with all of the credit given back,
 * GreedyDual-Size, Cao and Irani, USITS 1997). No other policy's cost is proven to be as near to the optimum for any
 * sizes and costs.
 */
final class Landlord implements Policy {
    private final CostModel costs;
    /** The credit for each page, and the rent for a page that was paid before the region got it. */
    private final Ranking credit = new Ranking();
    private double[] perPage = new double[64];
    private double rent;

    /** A policy for those costs. */
    Landlord(final PolicyContext context) {
        costs = context.costs();
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        perPage = region < perPage.length ? perPage
            : Arrays.copyOf(perPage, Math.max(region + 1, perPage.length * 2));
        perPage[region] = costs.miss(pages) / pages;
        hit(region);
    }

    @Override
    public void hit(final int region) {
        credit.rank(region, rent + perPage[region]);
    }

    @Override
    public int victim(final Idle idle) {
        return credit.lowest(idle);
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        if (evicted) {
            rent = Math.max(rent, credit.rank(region));
        }
        credit.remove(region);
    }
}
