package io.rnic.bench.report;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A figure beside another of the same run, and what it should be. Its numbers are rounded to a thousandth, so that what
 * is shown and what is judged are the same.
 *
 * @param name      what is compared, for instance {@code send_rtt_vs_cacheline}
 * @param value     the median over the rounds
 * @param min       the smallest of the rounds
 * @param max       the largest of the rounds
 * @param goal      what it should not pass
 * @param direction on which side of the goal it should stay
 */
public record Ratio(String name, double value, double min, double max, double goal, Direction direction) {
    private static final double STEPS = 1000;

    /** On which side of its goal a ratio should stay. */
    public enum Direction {
        /** Small is good. */
        AT_MOST("<="),
        /** Large is good. */
        AT_LEAST(">=");

        private final String sign;

        Direction(final String sign) {
            this.sign = sign;
        }
    }

    /**
     * Checks the numbers and rounds them.
     *
     * @throws IllegalArgumentException if one is not finite
     */
    public Ratio {
        for (final double number : new double[] {value, min, max, goal}) {
            if (!Double.isFinite(number)) {
                throw new IllegalArgumentException("not a finite number in ratio " + name + ": " + number);
            }
        }
        value = rounded(value);
        min = rounded(min);
        max = rounded(max);
    }

    private static double rounded(final double number) {
        return Math.round(number * STEPS) / STEPS;
    }

    /** The ratio of those rounds: their median, smallest and largest. */
    public static Ratio of(final String name, final List<Double> rounds, final double goal, final Direction direction) {
        final Spread spread = Spread.of(rounds);
        return new Ratio(name, spread.median(), spread.min(), spread.max(), goal, direction);
    }

    /** The same under another name. */
    public Ratio withName(final String other) {
        return new Ratio(other, value, min, max, goal, direction);
    }

    /** Whether the median reaches the goal. */
    public boolean met() {
        return direction == Direction.AT_MOST ? value <= goal : value >= goal;
    }

    /** The goal for people, for instance {@code <= 1.300}. */
    public String goalText() {
        return direction.sign + " " + text(goal);
    }

    /** A ratio's number for people. */
    public static String text(final double number) {
        return String.format(Locale.ROOT, "%.3f", number);
    }

    /** As JSON and CSV have it. */
    public Map<String, Object> columns() {
        final Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("name", name);
        columns.put("value", decimal(value));
        columns.put("goal", decimal(goal));
        columns.put("direction", direction.sign);
        columns.put("met", met());
        columns.put("min", decimal(min));
        columns.put("max", decimal(max));
        return columns;
    }

    private static BigDecimal decimal(final double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros();
    }
}
