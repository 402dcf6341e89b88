package io.rnic.registration;

import java.util.Arrays;

/** A hash table from long to int from 0 on: open addressing, no objects, what is removed leaves no trace. */
public final class LongIntMap {
    /** What {@link #get} and {@link #remove} return for a key that is not there. */
    public static final int NONE = -1;

    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final int FIRST_BITS = 6;

    private long[] keys = new long[1 << FIRST_BITS];
    private int[] values = new int[1 << FIRST_BITS];
    private int shift = Long.SIZE - FIRST_BITS;
    private int size;

    /** An empty table. */
    public LongIntMap() {
        Arrays.fill(values, NONE);
    }

    /** How many keys it holds. */
    public int size() {
        return size;
    }

    /** The key's value, or {@link #NONE}. */
    public int get(final long key) {
        return values[find(key)];
    }

    /** Sets the key's value, from 0 on. */
    public void put(final long key, final int value) {
        int at = find(key);
        if (values[at] == NONE) {
            // At most half full: a search is a step or two long.
            if (++size > keys.length / 2) {
                grow();
                at = find(key);
            }
            keys[at] = key;
        }
        values[at] = value;
    }

    /** Removes the key; returns its value, or {@link #NONE}. */
    public int remove(final long key) {
        int hole = find(key);
        final int value = values[hole];
        if (value == NONE) {
            return NONE;
        }
        size--;
        final int mask = keys.length - 1;
        // What follows moves up, unless it would move before the place where its search begins.
        for (int at = (hole + 1) & mask; values[at] != NONE; at = (at + 1) & mask) {
            if (((at - home(keys[at])) & mask) >= ((at - hole) & mask)) {
                keys[hole] = keys[at];
                values[hole] = values[at];
                hole = at;
            }
        }
        values[hole] = NONE;
        return value;
    }

    private int home(final long key) {
        return (int) ((key * MIX) >>> shift);
    }

    private int find(final long key) {
        final int mask = keys.length - 1;
        int at = home(key);
        while (values[at] != NONE && keys[at] != key) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        final long[] oldKeys = keys;
        final int[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new int[oldKeys.length * 2];
        Arrays.fill(values, NONE);
        shift--;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != NONE) {
                final int at = find(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = oldValues[i];
            }
        }
    }
}
