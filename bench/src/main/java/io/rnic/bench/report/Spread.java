package io.rnic.bench.report;

import java.util.List;

/**
 * What a number of rounds gave.
 *
 * @param median the middle, or between the two in the middle
 * @param min    the smallest
 * @param max    the largest
 * @param rounds how many there were
 */
public record Spread(double median, double min, double max, int rounds) {
    /** The spread of those values, of which there is at least one. */
    public static Spread of(final List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        final double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        final double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }
}
