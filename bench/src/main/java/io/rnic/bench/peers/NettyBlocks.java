package io.rnic.bench.peers;

/**
 * A stream of blocks by TCP and Netty, out of the memory that the Writes send from; what arrives is counted and thrown
 * away, so it is copied less than what is written to a place.
 */
final class NettyBlocks implements PeerTest {
    private final NettyBlockClient client;
    private final NettyPair pair;

    NettyBlocks(final BlockMemory memory, final int bytes) {
        client = new NettyBlockClient(memory.client(), bytes);
        pair = new NettyPair(client, new NettyBlockServer(bytes), NettyBlockServer.READ_BYTES);
    }

    @Override
    public void run(final long durationNs, final Slice slice) {
        pair.run(durationNs, done -> client.begin(durationNs, slice, done));
    }

    @Override
    public void close() {
        pair.close();
    }
}
