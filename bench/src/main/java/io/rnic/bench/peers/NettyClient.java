package io.rnic.bench.peers;

import io.netty.channel.ChannelHandlerContext;
import io.rnic.bench.run.ExperimentException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Asks, waits for the answer, and asks again until the time is over. Belongs to its event loop's thread. */
final class NettyClient extends NettyEnd {
    /** Messages between two looks at the clock. */
    private static final int BATCH = 16;

    private final Slice unused = new Slice();
    private Slice slice = unused;
    private @Nullable CompletableFuture<Void> done;
    private @Nullable ChannelHandlerContext context;
    private long sequence;
    private long startNs;
    private long beforeNs;
    private long durationNs;
    private int inBatch;

    @Override
    public void handlerAdded(final ChannelHandlerContext added) {
        context = added;
    }

    /** Starts to run for a while; {@code whenDone} is completed at the end or by an error. */
    void begin(final long forNs, final Slice into, final CompletableFuture<Void> whenDone) {
        final ChannelHandlerContext open = context;
        if (open == null || !open.channel().isActive()) {
            whenDone.completeExceptionally(new ExperimentException("the connection is closed"));
            return;
        }
        slice = into;
        done = whenDone;
        durationNs = forNs;
        inBatch = 0;
        startNs = System.nanoTime();
        beforeNs = startNs;
        ask(open);
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
            slice.record(nowNs - beforeNs, BATCH);
            beforeNs = nowNs;
            if (nowNs - startNs >= durationNs) {
                end(null);
                return;
            }
        }
        ask(from);
    }

    private void end(final @Nullable Throwable error) {
        final CompletableFuture<Void> ending = done;
        done = null;
        slice = unused;
        if (ending != null && error == null) {
            ending.complete(null);
        } else if (ending != null) {
            ending.completeExceptionally(error);
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext closed) {
        end(new ExperimentException("the connection was closed"));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is nothing left to do when it is closed
    public void exceptionCaught(final ChannelHandlerContext failed, final Throwable cause) {
        end(cause);
        failed.close();
    }
}
