package io.rnic.bench.report;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of results. Numbers are finite and rounded; an optional one that does not apply is null.
 *
 * @param test      what was measured, for instance {@code send_lat}
 * @param frontEnd  through which front end; empty for a limit of the host
 * @param link      by what the queue pairs were connected; empty for a limit of the host
 * @param threading who did the NIC's work; empty for a limit of the host
 * @param bytes     the message, block or copy in bytes; 0 where there is none
 * @param unit      of median and p99: {@code ns} per operation or {@code bytes/s}
 * @param median    the middle of all samples
 * @param p99       for {@code ns} what 99 % of the samples stayed below; for {@code bytes/s} what 99 % of the rounds
 *                  reached, the low end
 * @param samples   how many times were recorded: of operations, round trips or batches for {@code ns}, of rounds for
 *                  {@code bytes/s}
 * @param rate      operations per second at the median, for {@code bytes/s}
 * @param deltaNs   what an operation took longer through this front end than through {@code user}, in nanoseconds at
 *                  the medians (δ of the paper's Eq. 3, as measured)
 * @param pdPercent how much less throughput than through {@code user}, in percent (the paper's Eq. 2)
 */
public record Measurement(
        String test,
        String frontEnd,
        String link,
        String threading,
        long bytes,
        String unit,
        double median,
        double p99,
        long samples,
        @Nullable Double rate,
        @Nullable Double deltaNs,
        @Nullable Double pdPercent) {

    /** Time per operation. */
    public static final String NS = "ns";
    /** Throughput. */
    public static final String BYTES_PER_SECOND = "bytes/s";

    /**
     * Rounds the numbers: nanoseconds and percent to a tenth, or a hundredth, and the rest to whole ones.
     *
     * @throws IllegalArgumentException if a number is not finite
     */
    public Measurement {
        final double step = unit.equals(NS) ? 0.1 : 1;
        median = rounded(median, step);
        p99 = rounded(p99, step);
        rate = rate == null ? null : Double.valueOf(rounded(rate, 1));
        deltaNs = deltaNs == null ? null : Double.valueOf(rounded(deltaNs, 0.1));
        pdPercent = pdPercent == null ? null : Double.valueOf(rounded(pdPercent, 0.01));
    }

    /** A limit of the host: no front end took part. */
    public static Measurement limit(final String test, final long bytes, final String unit, final double median,
                                    final double p99, final long samples) {
        return new Measurement(test, "", "", "", bytes, unit, median, p99, samples, null, null, null);
    }

    /** Its columns by name, in order: strings, whole numbers and decimals; those that do not apply are null. */
    public Map<String, @Nullable Object> columns() {
        final Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("test", test);
        columns.put("frontEnd", frontEnd);
        columns.put("link", link);
        columns.put("threading", threading);
        columns.put("bytes", bytes);
        columns.put("unit", unit);
        columns.put("median", decimal(median));
        columns.put("p99", decimal(p99));
        columns.put("samples", samples);
        columns.put("rate", decimal(rate));
        columns.put("deltaNs", decimal(deltaNs));
        columns.put("pdPercent", decimal(pdPercent));
        return columns;
    }

    private static @Nullable BigDecimal decimal(final @Nullable Double value) {
        return value == null ? null : BigDecimal.valueOf(value).stripTrailingZeros();
    }

    private static double rounded(final double value, final double step) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("not a finite number: value=" + value);
        }
        final double perUnit = Math.round(1 / step);
        return Math.round(value * perUnit) / perUnit;
    }
}
