package io.rnic.bench.peers;

import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.CompletableFuture;

/** Asks, waits for the answer, and asks again until the time is over. Belongs to its event loop's thread. */
final class NettyClient extends NettyEnd {
    /** Messages between two looks at the clock. */
    private static final int BATCH = 16;

    private final NettyRun run = new NettyRun();
    private long sequence;
    private long beforeNs;
    private int inBatch;

    @Override
    public void handlerAdded(final ChannelHandlerContext added) {
        run.connected(added);
    }

    /** Starts to run for a while; {@code whenDone} is completed at the end or by an error. */
    void begin(final long forNs, final Slice into, final CompletableFuture<Void> whenDone) {
        final ChannelHandlerContext open = run.begin(forNs, into, whenDone);
        if (open != null) {
            inBatch = 0;
            beforeNs = run.startNs();
            ask(open);
        }
    }

    private void ask(final ChannelHandlerContext to) {
        sequence++;
        send(to, sequence);
    }

    @Override
    void onMessage(final ChannelHandlerContext from, final long arrived) {
        if (arrived != sequence) {
            throw RoundTrips.wrongSequence(sequence, arrived);
        }
        inBatch++;
        if (inBatch == BATCH) {
            inBatch = 0;
            final long nowNs = System.nanoTime();
            run.slice().record(nowNs - beforeNs, BATCH);
            beforeNs = nowNs;
            if (run.isOver(nowNs)) {
                run.end(null);
                return;
            }
        }
        ask(from);
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
}
