package io.rnic.bench.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * One end of a TCP connection: puts messages together from what arrives, and sends from one buffer that is used again
 * and again, for the last message is out when the answer to it is there.
 */
abstract class NettyEnd extends ChannelInboundHandlerAdapter {
    /** Room for what is read from the socket at once. */
    static final int BUFFER_BYTES = 2 * RoundTrips.MESSAGE_BYTES;

    private final ByteBuf incoming = Unpooled.directBuffer(BUFFER_BYTES, BUFFER_BYTES);
    private final ByteBuf outgoing = Unpooled.directBuffer(RoundTrips.MESSAGE_BYTES, RoundTrips.MESSAGE_BYTES);

    /** A whole message has arrived. */
    abstract void onMessage(ChannelHandlerContext context, long sequence);

    /** Sends a message; if that fails, the pipeline is told. */
    @SuppressWarnings("FutureReturnValueIgnored") // the void promise says nothing
    void send(final ChannelHandlerContext context, final long sequence) {
        outgoing.setLong(0, sequence).setIndex(0, RoundTrips.MESSAGE_BYTES);
        context.writeAndFlush(outgoing.retain(), context.voidPromise());
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.isReadable()) {
                final int missing = RoundTrips.MESSAGE_BYTES - incoming.readableBytes();
                incoming.writeBytes(bytes, Math.min(missing, bytes.readableBytes()));
                if (incoming.readableBytes() == RoundTrips.MESSAGE_BYTES) {
                    final long sequence = incoming.getLong(0);
                    incoming.clear();
                    onMessage(context, sequence);
                }
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void handlerRemoved(final ChannelHandlerContext context) {
        incoming.release();
        outgoing.release();
    }
}
