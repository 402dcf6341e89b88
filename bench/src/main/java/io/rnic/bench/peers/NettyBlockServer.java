package io.rnic.bench.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Counts the blocks that arrive, and tells the number after each {@value #ACKNOWLEDGE_BYTES} bytes. */
final class NettyBlockServer extends ChannelInboundHandlerAdapter {
    /** What is read from the socket at once: as much as the NIC reads. */
    static final int READ_BYTES = 1 << 18;
    /** A number of blocks of every size. */
    static final int ACKNOWLEDGE_BYTES = 1 << 20;

    private final int blockBytes;
    private long bytes;
    private long acknowledged;

    NettyBlockServer(final int blockBytes) {
        this.blockBytes = blockBytes;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the void promise says nothing
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final ByteBuf read = (ByteBuf) message;
        bytes += read.readableBytes();
        read.release();
        if (bytes - acknowledged >= ACKNOWLEDGE_BYTES) {
            acknowledged += (bytes - acknowledged) / ACKNOWLEDGE_BYTES * ACKNOWLEDGE_BYTES;
            context.writeAndFlush(Unpooled.copyLong(acknowledged / blockBytes), context.voidPromise());
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is nothing left to do when it is closed
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        // The client learns of it by the end of the connection.
        context.close();
    }
}
