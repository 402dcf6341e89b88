package io.rnic.bench.peers;

/** TCP by Netty on loopback: a message there, a message back. */
final class NettyRoundTrip implements PeerTest {
    private final NettyClient client = new NettyClient();
    private final NettyPair pair = new NettyPair(client, new NettyServer(), NettyEnd.BUFFER_BYTES);

    @Override
    public void run(final long durationNs, final Slice slice) {
        pair.run(durationNs, done -> client.begin(durationNs, slice, done));
    }

    @Override
    public void close() {
        pair.close();
    }
}
