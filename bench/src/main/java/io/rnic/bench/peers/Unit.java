package io.rnic.bench.peers;

import io.rnic.bench.report.Table;
import java.util.Locale;

/** What a figure is in, and how it comes from a slice. */
enum Unit {
    /** Nanoseconds for a round trip. */
    NS("ns", "ns"),
    /** Messages per second. */
    PER_SECOND("1/s", "M/s"),
    /** Bytes per second. */
    BYTES_PER_SECOND("bytes/s", "MB/s"),
    /** Bytes; what a slice records is a number of them. */
    BYTES("bytes", "KiB");

    private static final double KIB = 1024;

    private final String symbol;
    private final String inTables;

    Unit(final String symbol, final String inTables) {
        this.symbol = symbol;
        this.inTables = inTables;
    }

    /** The unit of numbers in reports. */
    String symbol() {
        return symbol;
    }

    /** The unit of numbers in tables, which are scaled. */
    String inTables() {
        return inTables;
    }

    /** The figure of a slice whose operations moved so many bytes each. */
    double of(final Slice slice, final int bytes) {
        return switch (this) {
            case NS, BYTES -> slice.medianNs();
            case PER_SECOND -> slice.perSecond();
            case BYTES_PER_SECOND -> slice.perSecond() * bytes;
        };
    }

    /** A number for people. */
    String text(final double value) {
        return switch (this) {
            case NS -> Table.ns(value);
            case PER_SECOND -> Table.millionsPerSecond(value);
            case BYTES_PER_SECOND -> Table.megabytesPerSecond(value);
            case BYTES -> String.format(Locale.ROOT, "%.1f", value / KIB);
        };
    }
}
