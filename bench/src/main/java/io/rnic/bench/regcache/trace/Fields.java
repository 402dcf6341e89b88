package io.rnic.bench.regcache.trace;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.List;
import java.util.Locale;

/** The fields of one line, checked as they are asked for. */
final class Fields {
    /** What is beyond is no offset: pages and their sums stay numbers. */
    private static final long MAX_OFFSET = 1L << 58;
    /** Units of a trace are put this far apart. */
    private static final int UNIT_SHIFT = 46;
    private static final int MAX_UNITS = 1 << (58 - UNIT_SHIFT);
    private static final int BLOCK_BYTES = 512;
    private static final int SHOWN_CHARACTERS = 40;

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

    /** A field may stand in double quotes, whole; no other quote is told from a slip that hides what follows. */
    void checkQuotes() {
        for (int i = 0; i < line.getFieldCount(); i++) {
            if (line.getField(i).indexOf('"') >= 0 && unquoted(i).indexOf('"') >= 0) {
                throw wrong("a double quote that is not at both ends of field " + (i + 1) + "; allowed: fields without"
                    + " quotes, or whole fields in quotes, without a separator in them");
            }
        }
    }

    private String unquoted(final int index) {
        final String text = line.getField(index).strip();
        return text.length() > 1 && text.charAt(0) == '"' && text.charAt(text.length() - 1) == '"'
            ? text.substring(1, text.length() - 1).strip() : text;
    }

    /** The fields as people read them, shortened. */
    String shown() {
        return shortened(String.join(" ", line.getFields()));
    }

    private static String shortened(final String text) {
        return text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) + "..." : text;
    }

    /** True for a line without a number in it: it can only name the columns. */
    boolean isHeading() {
        for (int i = 0; i < line.getFieldCount(); i++) {
            if (unquoted(i).matches("[-+]?\\d.*")) {
                return false;
            }
        }
        return true;
    }

    /** True if it names at least one of those, which are separated by what is no letter. */
    boolean hasName(final String names) {
        final List<String> known = List.of(names.toLowerCase(Locale.ROOT).split("[^a-z]+", -1));
        return line.getFields().stream().anyMatch(field ->
            known.contains(field.replace('"', ' ').strip().toLowerCase(Locale.ROOT)));
    }

    /** True if a character of it is none that a text of numbers and names has. */
    boolean isBinary() {
        return line.getFields().stream().anyMatch(field -> field.chars().anyMatch(c -> c < ' ' && c != '\t'));
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
        final String text = unquoted(index);
        try {
            final long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (final NumberFormatException e) {
            // Said below, as for a number out of bounds.
        }
        throw wrong(name + " '" + shortened(text) + "'; allowed: " + min
            + " to " + max + what);
    }

    /** Not the exception itself, which a format's parser would have to declare. */
    IllegalArgumentException wrong(final String what) {
        return new IllegalArgumentException(file + ":" + line.getStartingLineNumber() + ": " + what);
    }
}
