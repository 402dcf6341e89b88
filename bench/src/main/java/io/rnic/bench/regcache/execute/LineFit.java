package io.rnic.bench.regcache.execute;

import io.rnic.registration.CostModel;
import java.util.Arrays;

/** A straight line through times by number of pages, by least squares. */
final class LineFit {
    /** Longer regions are left out where there are others: they are rare, and would pull the line. */
    static final int MAX_PAGES = 4096;

    /** A number of pages counts for the error if so many of the samples have it. */
    private static final double COUNTS_FROM = 0.01;

    private final double[] sums = new double[MAX_PAGES + 1];
    private final long[] counts = new long[MAX_PAGES + 1];
    private long longPages;
    private long longNs;

    /**
     * A line.
     *
     * @param call at no page
     * @param page more for each page
     * @param off  how far it is from the mean of a frequent number of pages at most, as a share of that
     */
    record Line(double call, double page, double off) {
    }

    void add(final long pages, final long ns) {
        if (pages <= MAX_PAGES) {
            sums[(int) pages] += ns;
            counts[(int) pages]++;
        } else {
            longPages += pages;
            longNs += ns;
        }
    }

    boolean isEmpty() {
        return longPages == 0 && Arrays.stream(counts).allMatch(count -> count == 0);
    }

    /** The model that two lines make. */
    static CostModel model(final Line register, final Line deregister, final double hitNs) {
        return new CostModel("measured", register.call(), register.page(), deregister.call(), deregister.page(), hitNs,
            CostModel.MLOCK.faultNs());
    }

    Line line() {
        double n = 0;
        double x = 0;
        double y = 0;
        double xx = 0;
        double xy = 0;
        for (int pages = 1; pages <= MAX_PAGES; pages++) {
            n += counts[pages];
            x += (double) counts[pages] * pages;
            xx += (double) counts[pages] * pages * pages;
            y += sums[pages];
            xy += sums[pages] * pages;
        }
        if (n == 0) {
            // Long ones alone, or none at all.
            return new Line(0, longPages == 0 ? 0 : (double) longNs / longPages, 0);
        }
        final double spread = n * xx - x * x;
        // Of one length all: what a page costs cannot be told from what a call costs.
        final double page = spread == 0 ? 0 : Math.clamp((n * xy - x * y) / spread, 0, y / x);
        final double call = (y - page * x) / n;
        double off = 0;
        for (int pages = 1; pages <= MAX_PAGES; pages++) {
            if (counts[pages] >= COUNTS_FROM * n) {
                final double mean = sums[pages] / counts[pages];
                off = Math.max(off, Math.abs(call + page * pages - mean) / mean);
            }
        }
        return new Line(call, page, off);
    }
}
