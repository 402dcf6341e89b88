package io.rnic.bench.scale;

import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Spread;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was measured.
 *
 * @param part      which table it belongs to
 * @param test      what was measured, for instance {@code write_one_busy}
 * @param frontEnd  through which front end; empty where none took part
 * @param threading who did the NIC's work; empty where it does not matter
 * @param count     of how many: queue pairs, entries or pages
 * @param unit      of the values
 * @param spread    the values of the rounds, a single one for what is counted
 * @param ratio     the same beside its reference, null if it is the reference or has none
 */
record Figure(
        Part part,
        String test,
        String frontEnd,
        String threading,
        long count,
        String unit,
        Spread spread,
        @Nullable Ratio ratio) {

    /** Nanoseconds for one operation. */
    static final String NS = "ns";
    /** Nanoseconds for one page. */
    static final String NS_PER_PAGE = "ns/page";
    /** Bytes on the board, from the device's counters. */
    static final String ON_BOARD = "on-board bytes";
    /** Bytes of memory that host and NIC share, from the device's counters. */
    static final String SHARED = "shared bytes";
    /** Bytes of the Java heap, about. */
    static final String HEAP = "heap bytes";

    /** The tables of the report. */
    enum Part { QUEUE_PAIRS, BYTES, STAGS, REGIONS }

    /** A count that has no spread. */
    static Figure bytes(final String test, final String frontEnd, final long count, final String unit,
        final double bytes) {
        return new Figure(Part.BYTES, test, frontEnd, "", count, unit, new Spread(bytes, bytes, bytes, 1), null);
    }

    /** Its columns by name, in order, without the ratio. */
    Map<String, @Nullable Object> columns() {
        final Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("test", test);
        columns.put("frontEnd", frontEnd);
        columns.put("threading", threading);
        columns.put("count", count);
        columns.put("unit", unit);
        columns.put("median", decimal(spread.median()));
        columns.put("min", decimal(spread.min()));
        columns.put("max", decimal(spread.max()));
        columns.put("samples", spread.rounds());
        return columns;
    }

    private static BigDecimal decimal(final double value) {
        return BigDecimal.valueOf(Math.round(value * 100), 2).stripTrailingZeros();
    }
}
