package io.rnic.bench.regcache.trace;

/** Some requests in a row, in flat arrays. */
public final class RequestBatch {
    /** How many a batch holds. */
    public static final int CAPACITY = 1 << 15;

    private final long[] offsets = new long[CAPACITY];
    private final long[] lengths = new long[CAPACITY];
    private final int[] processes = new int[CAPACITY];
    private final long[] lines = new long[CAPACITY];
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

    /** The line of the trace that it stands in, from 1; 0 if it stands in none. */
    public long line(final int index) {
        return lines[index];
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
        lines[size] = 0;
        offsets[size] = offset;
        lengths[size] = length;
        processes[size++] = process;
    }

    /** Tells the line of the request that was put in last. */
    public void inLine(final long line) {
        lines[size - 1] = line;
    }
}
