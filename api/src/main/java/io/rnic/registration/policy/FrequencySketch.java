package io.rnic.registration.policy;

/**
 * How often keys were asked for of late, about: counts up to 15 in four rows of hashed counters, halved when as many
 * uses were counted as make a period (count-min sketch; Cormode and Muthukrishnan 2005, aged as TinyLFU does).
 */
final class FrequencySketch {
    private static final int ROWS = 4;
    private static final int MAX = 15;
    private static final int PERIODS = 10;
    private static final long[] SEEDS =
        {0x9E3779B97F4A7C15L, 0xC2B2AE3D27D4EB4FL, 0x165667B19E3779F9L, 0xD6E8FEB86659FD93L};

    private final byte[] counts;
    private final int shift;
    private final long period;
    private long uses;

    /** For about that many keys. */
    FrequencySketch(final long keys) {
        final int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.clamp(keys, 64, 1 << 24) - 1);
        counts = new byte[ROWS << bits];
        shift = Long.SIZE - bits;
        period = (long) PERIODS << bits;
    }

    int count(final long key) {
        int least = MAX;
        for (int row = 0; row < ROWS; row++) {
            least = Math.min(least, counts[place(row, key)]);
        }
        return least;
    }

    void add(final long key) {
        final int least = count(key);
        if (least < MAX) {
            // Only the lowest of the counters grow ("conservative update").
            for (int row = 0; row < ROWS; row++) {
                final int place = place(row, key);
                if (counts[place] == least) {
                    counts[place]++;
                }
            }
        }
        if (++uses == period) {
            uses /= 2;
            for (int i = 0; i < counts.length; i++) {
                counts[i] >>= 1;
            }
        }
    }


    private int place(final int row, final long key) {
        final long hash = (key ^ (key >>> 32)) * SEEDS[row];
        return (row << (Long.SIZE - shift)) + (int) ((hash ^ (hash << 23)) >>> shift);
    }
}
