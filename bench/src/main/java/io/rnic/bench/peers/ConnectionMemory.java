package io.rnic.bench.peers;

/** Tells what an end of a connection takes; it was measured when they were connected. */
record ConnectionMemory(TcpConnections connections) implements PeerTest {
    @Override
    public void run(final long durationNs, final Slice slice) {
        slice.record(connections.bytesPerEnd(), 1);
    }

    @Override
    public void close() {
        // The connections are closed by who made them.
    }
}
