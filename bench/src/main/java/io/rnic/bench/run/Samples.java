package io.rnic.bench.run;

import org.HdrHistogram.Histogram;

/**
 * Times per operation. Everything is recorded as the time that one operation took: a round trip counts as two one-way
 * operations, a round of a bandwidth test as so many messages. So the 99th percentile always is the slow end: the
 * latency that 99 % of the samples stayed below, and the throughput that 99 % of the rounds reached.
 *
 * <p>Kept in picoseconds with four digits, for differences of nanoseconds between operations of microseconds must show.
 */
public final class Samples {
    private static final long LONGEST_PS = 100_000_000_000_000L;
    private static final int DIGITS = 4;
    private static final double PS_PER_NS = 1000;

    private final Histogram histogramPs = new Histogram(1, LONGEST_PS, DIGITS);

    /** No samples yet. */
    public Samples() {
    }

    /** Records that {@code operations} took {@code elapsedNs} together; counts as one sample. Allocates nothing. */
    public void record(final long elapsedNs, final long operations) {
        // At least 1 ps: no rate that is made of it is infinite.
        final long timePs = Math.max(1, Math.clamp(elapsedNs, 0, LONGEST_PS / 1000) * 1000 / operations);
        histogramPs.recordValue(timePs);
    }

    /** How many samples there are. */
    public long count() {
        return histogramPs.getTotalCount();
    }

    /** The median time of an operation, in nanoseconds; 0 without samples. */
    public double medianNs() {
        return atPercentileNs(50);
    }

    /** The time that 99 % of the samples stayed below, in nanoseconds; 0 without samples. */
    public double p99Ns() {
        return atPercentileNs(99);
    }

    private double atPercentileNs(final double percentile) {
        return histogramPs.getValueAtPercentile(percentile) / PS_PER_NS;
    }
}
