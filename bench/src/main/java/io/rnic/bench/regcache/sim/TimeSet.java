package io.rnic.bench.regcache.sim;

/** A set of times below a bound, as bits, with levels of bits above that tell which words have any. */
final class TimeSet {
    private final long[][] levels;

    TimeSet(final int bound) {
        int count = 1;
        for (long words = words(bound); words > 1; words = words(words)) {
            count++;
        }
        levels = new long[count][];
        long bits = Math.max(1, bound);
        for (int i = 0; i < count; i++) {
            bits = words(bits);
            levels[i] = new long[(int) bits];
        }
    }

    private static long words(final long bits) {
        return (bits + Long.SIZE - 1) / Long.SIZE;
    }

    void add(final int time) {
        int at = time;
        for (final long[] level : levels) {
            level[at >>> 6] |= 1L << at;
            at >>>= 6;
        }
    }

    void remove(final int time) {
        int at = time;
        for (final long[] level : levels) {
            level[at >>> 6] &= ~(1L << at);
            if (level[at >>> 6] != 0) {
                return;
            }
            at >>>= 6;
        }
    }

    /** The latest time; the set is not empty. */
    int last() {
        int at = 0;
        for (int i = levels.length - 1; i >= 0; i--) {
            at = (at << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(levels[i][at]);
        }
        return at;
    }
}
