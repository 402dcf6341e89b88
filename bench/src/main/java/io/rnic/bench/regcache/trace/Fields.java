package io.rnic.bench.regcache.trace;

import de.siegmar.fastcsv.reader.CsvRecord;

/** The fields of one line, checked as they are asked for. */
final class Fields {
    /** What is beyond is no offset: pages and their sums stay numbers. */
    private static final long MAX_OFFSET = 1L << 58;
    /** Units of a trace are put this far apart. */
    private static final int UNIT_SHIFT = 46;
    private static final int MAX_UNITS = 1 << (58 - UNIT_SHIFT);
    private static final int BLOCK_BYTES = 512;

    private final String file;
    private CsvRecord line;

    Fields(final String file, final CsvRecord line) {
        this.file = file;
        this.line = line;
    }

    Fields at(final CsvRecord next) {
        line = next;
        return this;
    }

    boolean has(final int index) {
        return index < line.getFieldCount() && !line.getField(index).isBlank();
    }

    long offset(final int index, final String name) {
        return number(index, name, 0, MAX_OFFSET, "");
    }

    long block(final int index, final String name) {
        return number(index, name, 0, MAX_OFFSET / BLOCK_BYTES, " blocks") * BLOCK_BYTES;
    }

    long blocks(final int index, final String name) {
        return number(index, name, 1, Integer.MAX_VALUE, "") * BLOCK_BYTES;
    }

    long length(final int index, final String name) {
        return number(index, name, 1, 1L << 40, " bytes");
    }

    int process(final int index, final String name) {
        return (int) number(index, name, 0, MAX_UNITS - 1, "");
    }

    /** The place of an offset in one storage unit of several. */
    long inUnit(final int unit, final long offset) {
        if (offset >= 1L << UNIT_SHIFT) {
            throw wrong("offset " + offset + " in a unit; allowed: below 64 TiB");
        }
        return ((long) unit << UNIT_SHIFT) + offset;
    }

    private long number(final int index, final String name, final long min, final long max, final String what) {
        if (index >= line.getFieldCount()) {
            throw wrong("no field " + (index + 1) + " (" + name + ")");
        }
        final String text = line.getField(index).strip();
        try {
            final long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (final NumberFormatException e) {
            // Said below, as for a number out of bounds.
        }
        throw wrong(name + " '" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "'; allowed: " + min
            + " to " + max + what);
    }

    /** Not the exception itself, which a format's parser would have to declare. */
    private IllegalArgumentException wrong(final String what) {
        return new IllegalArgumentException(file + ":" + line.getStartingLineNumber() + ": " + what);
    }
}
