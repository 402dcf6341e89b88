package io.rnic.bench.perftest;

import org.HdrHistogram.Histogram;

/** How long iterations took. Recording allocates nothing. */
final class Times {
    private static final long LONGEST_NS = 100_000_000_000L;
    private static final int DIGITS = 4;
    private static final double P50 = 50;
    private static final double P99 = 99;
    private static final double P999 = 99.9;

    private final Histogram histogramNs = new Histogram(1, LONGEST_NS, DIGITS);
    private final double trips;

    /**
     * No times yet.
     *
     * @param trips parts that an iteration is made of: the latency is one of them
     */
    Times(final int trips) {
        this.trips = trips;
    }

    void record(final long elapsedNs) {
        histogramNs.recordValue(Math.clamp(elapsedNs, 1, LONGEST_NS));
    }

    /** What they come to. */
    Row row(final int bytes, final long elapsedNs) {
        return new Row.Latency(bytes, histogramNs.getTotalCount(), histogramNs.getMinValue() / trips,
            histogramNs.getMaxValue() / trips, at(P50), histogramNs.getMean() / trips,
            histogramNs.getStdDeviation() / trips, at(P99), at(P999), Math.max(1, elapsedNs));
    }

    private double at(final double percentile) {
        return histogramNs.getValueAtPercentile(percentile) / trips;
    }
}
