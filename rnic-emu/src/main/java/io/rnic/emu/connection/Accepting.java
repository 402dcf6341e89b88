package io.rnic.emu.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Begins and ends the handlers of a channel that listens, and with it what fails in accepting: mostly that no
 * descriptor is left, accept(2). Netty's own handler stands in between and lets the channel rest for a second then.
 * What it passes on would be logged, which needs descriptors too.
 *
 * <pre>
 *   this -&gt; Netty's acceptor -&gt; Last
 * </pre>
 */
final class Accepting extends ChannelInboundHandlerAdapter {
    private final Runnable failed;

    /** Calls {@code failed} each time, in the event loop. */
    Accepting(final Runnable failed) {
        this.failed = failed;
    }

    /** It is bound, and nothing is accepted yet: Netty's own handler stands behind this one by now. */
    @Override
    public void channelActive(final ChannelHandlerContext context) {
        context.pipeline().addLast(new Last(failed));
        context.fireChannelActive();
    }

    /** What has come so far has an end here. */
    static final class Last extends ChannelInboundHandlerAdapter {
        private final Runnable failed;

        Last(final Runnable failed) {
            this.failed = failed;
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
            failed.run();
        }
    }
}
