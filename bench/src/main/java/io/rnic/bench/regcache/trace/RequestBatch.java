package io.rnic.bench.regcache.trace;

/** Some requests in a row, in flat arrays. */
public final class RequestBatch {
    /** How many a batch holds. */
    public static final int CAPACITY = 1 << 15;

    private final long[] offsets = new long[CAPACITY];
    private final long[] lengths = new long[CAPACITY];
    private final int[] processes = new int[CAPACITY];
    private int size;

    /** An empty batch. */
    public RequestBatch() {
        // The arrays are all there is.
    }

    /** How many requests it holds. */
    public int size() {
        return size;
    }

    /** Where a request's first byte is. */
    public long offset(final int index) {
        return offsets[index];
    }

    /** A request's length in bytes, from 1. */
    public long length(final int index) {
        return lengths[index];
    }

    /** The number of the process that makes the request, from 0. */
    public int process(final int index) {
        return processes[index];
    }

    /** Takes all out. */
    public void clear() {
        size = 0;
    }

    /** True if nothing more goes in. */
    public boolean isFull() {
        return size == CAPACITY;
    }

    /** Puts one more in. */
    public void add(final long offset, final long length, final int process) {
        offsets[size] = offset;
        lengths[size] = length;
        processes[size++] = process;
    }
}
