package io.rnic.bench.compare;

import io.rnic.bench.run.Partner;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.Rnic;

/** The message tests, in the order in which they run. */
enum MessageTest {
    /** Half a round trip of Sends. */
    SEND_LAT("send_lat", false),
    /** Half a round trip of RDMA Writes. */
    WRITE_LAT("write_lat", false),
    /** One RDMA Read. */
    READ_LAT("read_lat", false),
    /** A stream of Sends. */
    SEND_BW("send_bw", true),
    /** A stream of RDMA Writes. */
    WRITE_BW("write_bw", true),
    /** A stream of RDMA Reads. */
    READ_BW("read_bw", true);

    private final String id;
    private final boolean bandwidth;

    MessageTest(final String id, final boolean bandwidth) {
        this.id = id;
        this.bandwidth = bandwidth;
    }

    /** Its name in reports. */
    String id() {
        return id;
    }

    /** True if it is a throughput that is reported, false if it is a time. */
    boolean isBandwidth() {
        return bandwidth;
    }

    /** Sets it up for messages of up to {@code maxBytes}. */
    Experiment open(final Rnic nic, final Partner partner, final int maxBytes) {
        return switch (this) {
            case SEND_LAT -> new SendLatency(nic, partner, maxBytes);
            case WRITE_LAT -> new WriteLatency(nic, partner, maxBytes);
            case READ_LAT -> new ReadLatency(nic, partner, maxBytes);
            case SEND_BW -> new SendBandwidth(nic, partner, maxBytes);
            case WRITE_BW -> new OneSidedBandwidth(nic, partner, maxBytes, Opcode.RDMA_WRITE);
            case READ_BW -> new OneSidedBandwidth(nic, partner, maxBytes, Opcode.RDMA_READ);
        };
    }
}
