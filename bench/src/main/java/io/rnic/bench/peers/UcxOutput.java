package io.rnic.bench.peers;

import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * Reads what {@code ucx_perftest -f -v} prints: a heading with the names of the columns, then one line of numbers.
 *
 * <pre>
 *   iterations,50.0_percentile_lat,avg_lat,overall_lat,avg_bw,overall_bw,avg_mr,overall_mr
 *   500000,0.666,0.668,0.668,45.66,45.66,1496345,1496345
 * </pre>
 *
 * <p>Versions differ in columns and print warnings in between, so the column is found by its name, and whatever is not
 * a plain number above zero is no result.
 */
final class UcxOutput {
    private static final String FIRST_COLUMN = "iterations";
    private static final String RATE_COLUMN = "overall_mr";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}(\\.[0-9]{1,9})?");
    private static final int MAX_LINE = 1000;

    private UcxOutput() {
    }

    /** The rate over the whole test in operations per second; empty if the text does not say it beyond doubt. */
    static OptionalDouble rate(final String text) {
        final List<List<String>> lines = text.lines().filter(line -> line.length() <= MAX_LINE)
            .map(line -> List.of(line.strip().split(",", -1))).toList();
        List<String> heading = List.of();
        OptionalDouble rate = OptionalDouble.empty();
        for (final List<String> line : lines) {
            if (line.getFirst().equals(FIRST_COLUMN)) {
                heading = line;
            } else if (line.size() == heading.size() && line.stream().allMatch(UcxOutput::isNumber)) {
                if (rate.isPresent()) {
                    return OptionalDouble.empty();
                }
                rate = number(line, heading.indexOf(RATE_COLUMN));
            }
        }
        return rate;
    }

    private static boolean isNumber(final String field) {
        return NUMBER.matcher(field).matches();
    }

    private static OptionalDouble number(final List<String> line, final int column) {
        if (column < 0) {
            return OptionalDouble.empty();
        }
        final double value = Double.parseDouble(line.get(column));
        return value > 0 ? OptionalDouble.of(value) : OptionalDouble.empty();
    }
}
