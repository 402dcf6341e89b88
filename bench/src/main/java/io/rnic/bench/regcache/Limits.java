package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Unit;
import io.rnic.registration.CostModel;
import java.util.List;
import java.util.stream.LongStream;

/** Limits as they are written: bytes with K, M and G for regions, counts of pages or blocks otherwise. */
final class Limits {
    private static final String BYTES = "[0-9]{1,15}[KMGkmg]?";

    private Limits() {
    }

    /** Powers of two from a megabyte to a gigabyte, or as many pages; in blocks up to those of the ARC paper's. */
    static List<Long> standard(final Unit unit) {
        return switch (unit) {
            case REGION -> LongStream.rangeClosed(20, 30).map(bits -> 1L << bits).boxed().toList();
            case PAGE -> LongStream.rangeClosed(8, 18).map(bits -> 1L << bits).boxed().toList();
            case BLOCK -> LongStream.rangeClosed(10, 19).map(bits -> 1L << bits).boxed().toList();
        };
    }

    /**
     * Reads a limit.
     *
     * @throws IllegalArgumentException if it is none; the message says what is allowed
     */
    static long parse(final String text, final Unit unit) {
        if (unit == Unit.REGION) {
            final long bytes = bytes(text);
            if (bytes < CostModel.PAGE_BYTES) {
                throw new IllegalArgumentException("'" + text + "' is smaller than one region; allowed: a page, "
                    + CostModel.PAGE_BYTES + " bytes, or more, with K, M or G for 1024, 1024² or 1024³");
            }
            return bytes;
        }
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) < 1 || Long.parseLong(text) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("'" + text + "' is no limit for --unit " + unit.label()
                + "; allowed: a number of " + unit.label() + "s, 1 to " + Integer.MAX_VALUE);
        }
        return Long.parseLong(text);
    }

    /**
     * Reads a number of bytes.
     *
     * @throws IllegalArgumentException if it is none
     */
    static long bytes(final String text) {
        if (!text.matches(BYTES)) {
            throw new IllegalArgumentException("'" + text + "' is no number of bytes; allowed: up to 15 digits, with K,"
                + " M or G for 1024, 1024² or 1024³ of them");
        }
        final int shift = switch (Character.toUpperCase(text.charAt(text.length() - 1))) {
            case 'K' -> 10;
            case 'M' -> 20;
            case 'G' -> 30;
            default -> 0;
        };
        final long count = Long.parseLong(shift == 0 ? text : text.substring(0, text.length() - 1));
        if (count > 1L << 50 >> shift) {
            throw new IllegalArgumentException("'" + text + "' is too much; allowed: up to " + (1L << 50) + " bytes");
        }
        return count << shift;
    }

    /** The limit in pages or blocks. */
    static long units(final long limit, final Unit unit) {
        return unit == Unit.REGION ? limit / CostModel.PAGE_BYTES : limit;
    }
}
