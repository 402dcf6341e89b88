package io.rnic.emu.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.rnic.emu.link.TcpSettings;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The TCP ports of a device: takes and makes connections, and sees to their set-up (RFC 5044 §7, RFC 6581). */
final class TcpPorts {
    /** Connections whose request has not come: for another one the oldest is closed, so that who speaks gets in. */
    static final int MAX_HALF_OPEN = 256;

    private final Ports ports;
    private final TcpSettings settings;
    private final Set<Channel> halfOpen = new LinkedHashSet<>();
    private final LongAdder failedAccepts = new LongAdder();
    private final LongAdder refusedSetUps = new LongAdder();

    TcpPorts(final Ports ports, final TcpSettings settings) {
        this.ports = ports;
        this.settings = settings;
    }

    Ports ports() {
        return ports;
    }

    TcpSettings settings() {
        return settings;
    }

    /** How often the system had no connection to give though one was there. */
    long failedAccepts() {
        return failedAccepts.sum();
    }

    /** Counts a connection of which no listener was told. */
    void refused() {
        refusedSetUps.increment();
    }

    /** Connections of which no listener was told. */
    long refusedSetUps() {
        return refusedSetUps.sum();
    }

    /** Takes a place among the half-open connections. */
    void enter(final Channel channel) {
        final @Nullable Channel oldest;
        synchronized (halfOpen) {
            oldest = halfOpen.size() == MAX_HALF_OPEN ? halfOpen.iterator().next() : null;
            halfOpen.remove(oldest);
            halfOpen.add(channel);
        }
        if (oldest != null) {
            oldest.close();
        }
    }

    /** Gives up its place, if it has one. */
    void leave(final Channel channel) {
        synchronized (halfOpen) {
            halfOpen.remove(channel);
        }
    }

    /**
     * Listens; the caller does not hold the lock of the ports, for event loops take it.
     *
     * @param target where requests wait
     * @throws RnicException ADDRESS_IN_USE, INVALID_ARGUMENT, DEVICE_LIMIT
     */
    Channel listen(final InetSocketAddress local, final Listening target) {
        final ChannelFuture bound = settings.transport().server().handler(new Accepting(failedAccepts::increment))
            .childHandler(new ChannelInitializer<>() {
                @Override
                protected void initChannel(final Channel channel) {
                    channel.pipeline().addLast(new TcpIncoming(TcpPorts.this, target, (DuplexChannel) channel));
                }

                @Override
                public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
                    failedAccepts.increment();
                    context.close();
                }
            }).bind(local).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw notBound(local, Unreached.words(bound.cause(), local));
        }
        return bound.channel();
    }

    private static RnicException notBound(final InetSocketAddress local, final String why) {
        final String message = "cannot listen on " + Ports.text(local) + ": " + why;
        if (why.contains(Unreached.NO_DESCRIPTORS)) {
            return new RnicException(RnicError.DEVICE_LIMIT, message + Unreached.NO_DESCRIPTORS_HELP);
        }
        return new RnicException(why.contains("in use") ? RnicError.ADDRESS_IN_USE : RnicError.INVALID_ARGUMENT,
            message + (Ports.isLocal(local) ? "; use another port, or 0 to have one picked"
                : "; use an address of this machine, or 0.0.0.0 for all of them"));
    }

    /** Asks for a connection; the caller holds the lock of the ports. */
    PendingConnection connect(final Endpoint asking, final InetSocketAddress remote, final byte[] privateData) {
        final TcpOutgoing outgoing = new TcpOutgoing(this, asking, remote, privateData);
        outgoing.begin();
        return outgoing.pending();
    }
}
