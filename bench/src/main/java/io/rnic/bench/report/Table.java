package io.rnic.bench.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A table for people: the first column to the left, numbers to the right. */
public final class Table {
    private static final int LIMIT_OF_TENTHS = 1000;

    private final String[] heading;
    private final List<String[]> rows = new ArrayList<>();

    /** A table with those columns and no rows. */
    public Table(final String... heading) {
        this.heading = heading.clone();
    }

    /** Adds a row, with a cell for each column. */
    public void row(final String... cells) {
        rows.add(cells.clone());
    }

    /** The table's text, without a line end behind the last line. */
    @Override
    public String toString() {
        final Column[] columns = new Column[heading.length];
        for (int i = 0; i < columns.length; i++) {
            final HorizontalAlign align = i == 0 ? HorizontalAlign.LEFT : HorizontalAlign.RIGHT;
            columns[i] = new Column().header(heading[i]).headerAlign(align).dataAlign(align);
        }
        return AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, columns, rows.toArray(String[][]::new));
    }

    /** A time in nanoseconds, as {@code 85.3} or {@code 1,234}; empty for null. */
    public static String ns(final @Nullable Double time) {
        return time == null ? ""
            : String.format(Locale.ROOT, Math.abs(time) < LIMIT_OF_TENTHS ? "%.1f" : "%,.0f", time);
    }

    /** A throughput in megabytes (10^6 bytes) per second; empty for null. */
    public static String megabytesPerSecond(final @Nullable Double bytesPerSecond) {
        return bytesPerSecond == null ? "" : String.format(Locale.ROOT, "%,.1f", bytesPerSecond / 1e6);
    }

    /** A rate in millions per second; empty for null. */
    public static String millionsPerSecond(final @Nullable Double rate) {
        return rate == null ? "" : String.format(Locale.ROOT, "%.3f", rate / 1e6);
    }

    /** A share in percent; empty for null. */
    public static String percent(final @Nullable Double share) {
        return share == null ? "" : String.format(Locale.ROOT, "%.1f", share);
    }

    /** A size as {@code 1}, {@code 4 Ki}, {@code 1 Mi}: exact, with a binary prefix where it divides. */
    public static String size(final long bytes) {
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + " Mi";
        }
        return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? (bytes >> 10) + " Ki" : Long.toString(bytes);
    }
}
