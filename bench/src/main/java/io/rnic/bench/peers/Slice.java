package io.rnic.bench.peers;

import java.util.Arrays;

/**
 * What one run of a test gave: records of how long so many operations took, of which the median counts; that a thread
 * lost its core for a while does not show then. Of round trips each batch is a record, of streams each piece of the
 * run. Recording allocates nothing.
 */
final class Slice {
    private static final int MAX_RECORDS = 1 << 16;
    private static final double PS_PER_NS = 1000;
    private static final double NS_PER_SECOND = 1e9;

    private final long[] timesPs = new long[MAX_RECORDS];
    private int records;
    private long operations;
    private long allocatedBytes;

    /** Forgets everything. */
    void clear() {
        records = 0;
        operations = 0;
        allocatedBytes = 0;
    }

    /** Records that so many operations took so long together; of bytes, how many there are for so many things. */
    void record(final long elapsedNs, final long count) {
        if (records < MAX_RECORDS) {
            // At least 1 ps: no ratio that is made of it is infinite.
            timesPs[records] = Math.max(1, elapsedNs * 1000 / count);
            records++;
        }
        operations += count;
    }

    /** Records bytes that a thread allocated meanwhile. */
    void allocated(final long bytes) {
        allocatedBytes += bytes;
    }

    /** How many operations there were. */
    long operations() {
        return operations;
    }

    /** The median time of an operation, in nanoseconds. */
    double medianNs() {
        Arrays.sort(timesPs, 0, records);
        return timesPs[records / 2] / PS_PER_NS;
    }

    /** Operations per second at the median. */
    double perSecond() {
        return NS_PER_SECOND / medianNs();
    }

    /** Bytes that the threads of the test allocated for an operation. */
    double allocatedPerOperation() {
        return (double) allocatedBytes / Math.max(1, operations);
    }
}
