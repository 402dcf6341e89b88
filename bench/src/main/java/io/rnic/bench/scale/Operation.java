package io.rnic.bench.scale;

/** What is posted. */
enum Operation {
    /** An RDMA Write into the peer's region. */
    WRITE("write"),
    /** A receive posted to the peer, and a Send into it. */
    SEND("send");

    private final String id;

    Operation(final String id) {
        this.id = id;
    }

    /** Its name in reports. */
    String id() {
        return id;
    }
}
