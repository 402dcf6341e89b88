package io.rnic.fuzz;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;

/** A connection that is nowhere connected: what is written to it can be looked at, its event loop is run by hand. */
final class HandChannel extends EmbeddedChannel implements DuplexChannel {
    private boolean outputEnded;

    @Override
    public boolean isInputShutdown() {
        return false;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return newSucceededFuture();
    }

    @Override
    public ChannelFuture shutdownInput(final ChannelPromise promise) {
        return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
        return outputEnded;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        outputEnded = true;
        return newSucceededFuture();
    }

    @Override
    public ChannelFuture shutdownOutput(final ChannelPromise promise) {
        outputEnded = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdownOutput();
    }

    @Override
    public ChannelFuture shutdown(final ChannelPromise promise) {
        return shutdownOutput(promise);
    }
}
