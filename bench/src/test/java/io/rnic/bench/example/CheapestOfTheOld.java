package io.rnic.bench.example;

import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.LinkedHashMap;
import java.util.Map;

/** Of the regions that were used longest ago, gives up the one that costs least to register again, for each page. */
public final class CheapestOfTheOld implements Policy {
    private static final int OLD = 16;

    private final PolicyContext context;
    private final Map<Integer, Integer> pagesByAge = new LinkedHashMap<>();

    public CheapestOfTheOld(final PolicyContext context) {
        this.context = context;
    }

    @Override
    public void added(final int region, final long key, final int pages) {
        pagesByAge.put(region, pages);
    }

    @Override
    public void hit(final int region) {
        final Integer pages = pagesByAge.remove(region);
        if (pages != null) {
            pagesByAge.put(region, pages);
        }
    }

    @Override
    public int victim(final Idle idle) {
        return pagesByAge.entrySet().stream().filter(entry -> idle.test(entry.getKey())).limit(OLD)
            .min((left, right) -> Double.compare(perPage(left.getValue()), perPage(right.getValue())))
            .map(Map.Entry::getKey).orElse(NONE);
    }

    private double perPage(final int pages) {
        return context.costs().miss(pages) / pages;
    }

    @Override
    public void removed(final int region, final boolean evicted) {
        pagesByAge.remove(region);
    }
}
