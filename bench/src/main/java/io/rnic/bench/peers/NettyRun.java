package io.rnic.bench.peers;

import io.netty.channel.ChannelHandlerContext;
import io.rnic.bench.run.ExperimentException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One run of a client by Netty after the other: when it began, how long it goes on, who waits. Of its event loop. */
final class NettyRun {
    private final Slice unused = new Slice();
    private Slice slice = unused;
    private @Nullable CompletableFuture<Void> done;
    private @Nullable ChannelHandlerContext context;
    private long startNs;
    private long durationNs;

    /** The connection by which the client sends. */
    void connected(final ChannelHandlerContext added) {
        context = added;
    }

    /**
     * Begins to run for a while; {@code whenDone} is completed at the end or by an error.
     *
     * @return by what to send; null if the connection is closed
     */
    @Nullable ChannelHandlerContext begin(
        final long forNs, final Slice into, final CompletableFuture<Void> whenDone) {
        final ChannelHandlerContext open = context;
        if (open == null || !open.channel().isActive()) {
            whenDone.completeExceptionally(new ExperimentException("the connection is closed"));
            return null;
        }
        slice = into;
        done = whenDone;
        durationNs = forNs;
        startNs = System.nanoTime();
        return open;
    }

    /** Where times go. */
    Slice slice() {
        return slice;
    }

    /** When it began. */
    long startNs() {
        return startNs;
    }

    /** Whether it goes on. */
    boolean isRunning() {
        return done != null;
    }

    /** Whether its time is over. */
    boolean isOver(final long nowNs) {
        return nowNs - startNs >= durationNs;
    }

    /** Ends it: by an error, unless that is null. */
    void end(final @Nullable Throwable error) {
        final CompletableFuture<Void> ending = done;
        done = null;
        slice = unused;
        if (ending != null && error == null) {
            ending.complete(null);
        } else if (ending != null) {
            ending.completeExceptionally(error);
        }
    }

    /** The connection is closed. */
    void closed() {
        end(new ExperimentException("the connection was closed"));
    }
}
