package io.rnic.bench.peers;

import io.netty.channel.ChannelHandlerContext;

/** Answers each message with one of the same sequence number. */
final class NettyServer extends NettyEnd {
    private long last;

    @Override
    void onMessage(final ChannelHandlerContext context, final long sequence) {
        last++;
        if (sequence != last) {
            throw RoundTrips.wrongSequence(last, sequence);
        }
        send(context, sequence);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is nothing left to do when it is closed
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        // The client learns of it by the end of the connection.
        context.close();
    }
}
