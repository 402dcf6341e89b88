package io.rnic.bench.regcache.sim;

import java.util.Arrays;

/** A trace's requests, kept in memory as first and last pages or blocks for what looks ahead. Stops at a limit. */
public final class RecordedTrace {
    /** More accesses than this are not kept: some hundred megabytes. */
    public static final long MAX_ACCESSES = 40_000_000;

    private final int unitBytes;
    private long[] first = new long[1024];
    private int[] count = new int[1024];
    private int size;
    private long accesses;

    /** An empty trace of pages or blocks of that many bytes. */
    public RecordedTrace(final int unitBytes) {
        this.unitBytes = unitBytes;
    }

    /** Takes one more request, if there is room. */
    public void add(final long offset, final long length) {
        final long from = offset / unitBytes;
        final long units = (offset + length - 1) / unitBytes + 1 - from;
        accesses += units;
        if (isTooLong()) {
            return;
        }
        if (size == first.length) {
            first = Arrays.copyOf(first, size * 2);
            count = Arrays.copyOf(count, size * 2);
        }
        first[size] = from;
        count[size++] = (int) units;
    }

    /** True if it was not kept whole. */
    public boolean isTooLong() {
        return accesses > MAX_ACCESSES;
    }

    int size() {
        return size;
    }

    long first(final int request) {
        return first[request];
    }

    int count(final int request) {
        return count[request];
    }

    /** The accesses of all requests, pages or blocks. */
    int accesses() {
        return Math.toIntExact(accesses);
    }
}
