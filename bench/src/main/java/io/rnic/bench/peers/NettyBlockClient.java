package io.rnic.bench.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * Sends blocks, as many as are acknowledged in time, until the time is over and all are there. Belongs to its event
 * loop's thread.
 */
final class NettyBlockClient extends ChannelInboundHandlerAdapter {
    /** Bytes on the way: as many as the NIC has requests for. */
    private static final long WINDOW_BYTES = 4L * NettyBlockServer.ACKNOWLEDGE_BYTES;

    private final ByteBuf[] blocks = new ByteBuf[BlockMemory.PLACES];
    private final ByteBuf incoming = Unpooled.buffer(Long.BYTES, Long.BYTES);
    private final NettyRun run = new NettyRun();
    private final long window;
    private long sent;
    private long acknowledged;
    private long before;

    /** Sends the blocks that a memory begins with. */
    NettyBlockClient(final MemorySegment memory, final int blockBytes) {
        for (int place = 0; place < blocks.length; place++) {
            blocks[place] = Unpooled.wrappedBuffer(
                memory.asSlice((long) place * blockBytes, blockBytes).asByteBuffer());
        }
        window = WINDOW_BYTES / blockBytes;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext added) {
        run.connected(added);
    }

    /** Starts to run for a while; {@code whenDone} is completed at the end or by an error. */
    void begin(final long forNs, final Slice into, final CompletableFuture<Void> whenDone) {
        final ChannelHandlerContext open = run.begin(forNs, into, whenDone);
        if (open != null) {
            before = sent;
            send(open);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the void promise says nothing
    private void send(final ChannelHandlerContext to) {
        while (sent - acknowledged < window) {
            to.writeAndFlush(blocks[(int) (sent++ % blocks.length)].retainedDuplicate(), to.voidPromise());
        }
    }

    @Override
    public void channelRead(final ChannelHandlerContext from, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.isReadable()) {
                incoming.writeBytes(bytes, Math.min(incoming.writableBytes(), bytes.readableBytes()));
                if (!incoming.isWritable()) {
                    acknowledged = incoming.getLong(0);
                    incoming.clear();
                }
            }
        } finally {
            bytes.release();
        }
        final long nowNs = System.nanoTime();
        if (!run.isOver(nowNs)) {
            send(from);
        } else if (run.isRunning() && acknowledged == sent) {
            run.slice().record(nowNs - run.startNs(), sent - before);
            run.end(null);
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext closed) {
        run.closed();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is nothing left to do when it is closed
    public void exceptionCaught(final ChannelHandlerContext failed, final Throwable cause) {
        run.end(cause);
        failed.close();
    }

    @Override
    public void handlerRemoved(final ChannelHandlerContext removed) {
        incoming.release();
    }
}
