package io.rnic.verbs;

import java.util.Arrays;

/**
 * The pieces of memory of one request, in order ({@code struct ibv_sge[]}). Grows as needed, then allocates no more.
 *
 * <p>The first, most often the only one, is in fields: a post reads it without a look at an array.
 */
public final class SgeList {
    private int count;
    private int firstLength;
    private int firstLkey;
    private long firstAddress;
    /** The others, from index 1. */
    private long[] addresses = {};
    private int[] lengths = {};
    private int[] lkeys = {};

    SgeList() {
    }

    void clear() {
        count = 0;
    }

    void add(final long address, final int length, final int lkey) {
        if (count == 0) {
            firstAddress = address;
            firstLength = length;
            firstLkey = lkey;
        } else {
            if (count >= addresses.length) {
                grow(Math.max(4, count * 2));
            }
            addresses[count] = address;
            lengths[count] = length;
            lkeys[count] = lkey;
        }
        count++;
    }

    private void grow(final int size) {
        addresses = Arrays.copyOf(addresses, size);
        lengths = Arrays.copyOf(lengths, size);
        lkeys = Arrays.copyOf(lkeys, size);
    }

    /** How many pieces there are. */
    public int count() {
        return count;
    }

    /** The address of piece {@code index}. */
    public long address(final int index) {
        return index == 0 ? firstAddress : addresses[index];
    }

    /** The length of piece {@code index} in bytes. */
    public int length(final int index) {
        return index == 0 ? firstLength : lengths[index];
    }

    /** The local key of piece {@code index}. */
    public int lkey(final int index) {
        return index == 0 ? firstLkey : lkeys[index];
    }
}
