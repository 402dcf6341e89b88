package io.rnic.bench.perftest;

import org.jspecify.annotations.Nullable;

/** The six tests. */
enum PerfTest {
    /** Sends, there and back. */
    SEND_LAT(1, "send-lat", "Send", true, 1000),
    /** A stream of Sends. */
    SEND_BW(2, "send-bw", "Send", false, 1000),
    /** RDMA Writes, there and back. */
    WRITE_LAT(3, "write-lat", "RDMA Write", true, 1000),
    /** A stream of RDMA Writes. */
    WRITE_BW(4, "write-bw", "RDMA Write", false, 5000),
    /** RDMA Reads one by one. */
    READ_LAT(5, "read-lat", "RDMA Read", true, 1000),
    /** A stream of RDMA Reads. */
    READ_BW(6, "read-bw", "RDMA Read", false, 1000);

    private static final int BYTES_OF_LATENCY = 2;
    private static final int BYTES_OF_BANDWIDTH = 65_536;

    private final int code;
    private final String label;
    private final String verb;
    private final boolean latency;
    private final int defaultIterations;

    PerfTest(final int code, final String label, final String verb, final boolean latency,
        final int defaultIterations) {
        this.code = code;
        this.label = label;
        this.verb = verb;
        this.latency = latency;
        this.defaultIterations = defaultIterations;
    }

    /** The test with that code, null if there is none. */
    static @Nullable PerfTest of(final int code) {
        for (final PerfTest test : values()) {
            if (test.code == code) {
                return test;
            }
        }
        return null;
    }

    /** Its number on the wire. */
    int code() {
        return code;
    }

    /** The command's name. */
    String label() {
        return label;
    }

    /** What is measured, for people. */
    String title() {
        return verb + (latency ? " latency" : " bandwidth");
    }

    /** Whether times are measured, and not bytes per time. */
    boolean isLatency() {
        return latency;
    }

    /** Bytes of a message unless told, as perftest has them. */
    int defaultBytes() {
        return latency ? BYTES_OF_LATENCY : BYTES_OF_BANDWIDTH;
    }

    /** Iterations unless told, as perftest has them. */
    int defaultIterations() {
        return defaultIterations;
    }
}
