package io.rnic.verbs;

import java.util.Arrays;

/**
 * The pieces of memory of one request, in order ({@code struct ibv_sge[]}). Grows as needed, then allocates no more.
 */
public final class SgeList {
    private long[] addresses = new long[4];
    private int[] lengths = new int[4];
    private int[] lkeys = new int[4];
    private int count;

    SgeList() {
    }

    void clear() {
        count = 0;
    }

    void add(final long address, final int length, final int lkey) {
        if (count == addresses.length) {
            addresses = Arrays.copyOf(addresses, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
            lkeys = Arrays.copyOf(lkeys, count * 2);
        }
        addresses[count] = address;
        lengths[count] = length;
        lkeys[count] = lkey;
        count++;
    }

    /** How many pieces there are. */
    public int count() {
        return count;
    }

    /** The address of piece {@code index}. */
    public long address(final int index) {
        return addresses[index];
    }

    /** The length of piece {@code index} in bytes. */
    public int length(final int index) {
        return lengths[index];
    }

    /** The local key of piece {@code index}. */
    public int lkey(final int index) {
        return lkeys[index];
    }
}
