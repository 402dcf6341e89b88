package io.rnic.emu.link;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How sockets are driven. One group of event loops a transport for all devices of the JVM, begun with the first
 * connection: a connection stays on one loop, a silent one costs no thread. The threads are daemons.
 */
public enum TcpTransport {
    /** Epoll where there is one, else NIO. */
    AUTO,
    /** Linux's epoll: what is sent leaves in the thread that posts, straight from registered memory. */
    EPOLL,
    /** Linux's io_uring. */
    IO_URING,
    /** What every JDK has. */
    NIO;

    /** Of Ethernet, with time stamps. */
    private static final int USUAL_SEGMENT_BYTES = 1448;
    /** Of Linux's loopback interface, with time stamps. */
    private static final int LOOPBACK_SEGMENT_BYTES = 65_483;

    private static final int MS_OF_SECOND = 1000;
    /** What tcp(7) allows. */
    private static final int MAX_KEEP_IDLE_SECONDS = 32_767;
    private static final int KEEP_INTERVAL_SECONDS = 5;
    private static final int KEEP_COUNT = 6;

    private static final Map<TcpTransport, EventLoopGroup> GROUPS = new EnumMap<>(TcpTransport.class);

    /**
     * The transport to use.
     *
     * @throws RnicException INVALID_ARGUMENT if this machine does not have it
     */
    TcpTransport available() {
        return switch (this) {
            case AUTO -> Epoll.isAvailable() ? EPOLL : NIO;
            case EPOLL -> checked(Epoll.isAvailable() ? null : Epoll.unavailabilityCause());
            case IO_URING -> checked(IoUring.isAvailable() ? null : IoUring.unavailabilityCause());
            case NIO -> NIO;
        };
    }

    private TcpTransport checked(final @Nullable Throwable cause) {
        if (cause != null) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "setting tcp.transport=" + name().toLowerCase(
                Locale.ROOT) + " is not available on this machine: " + cause.getMessage()
                + "; allowed: auto, nio, and where the system has them epoll and io_uring");
        }
        return this;
    }

    /** Throws DEVICE_LIMIT where the system has no descriptors for event loops. */
    private static EventLoopGroup group(final TcpTransport transport) {
        synchronized (GROUPS) {
            try {
                return GROUPS.computeIfAbsent(transport, TcpTransport::newGroup);
            } catch (final IllegalStateException e) {
                Throwable cause = e;
                while (cause.getCause() != null) {
                    cause = cause.getCause();
                }
                throw new RnicException(RnicError.DEVICE_LIMIT, "no event loops for connections by TCP: "
                    + cause.getMessage() + "; close connections, or allow the process more (ulimit -n)");
            }
        }
    }

    private static EventLoopGroup newGroup(final TcpTransport transport) {
        // A core is left to who posts and polls: beside it a loop more that looks for bytes only takes turns.
        return new MultiThreadIoEventLoopGroup(Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
            new DefaultThreadFactory("rnic tcp", true), transport.handlers()) {
            @Override
            protected IoEventLoop newChild(
                final Executor executor, final IoHandlerFactory handlers, final Object... arguments) {
                return new LastingEventLoop(this, executor, handlers);
            }
        };
    }

    private IoHandlerFactory handlers() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory(0, LoopSpin::new);
            case IO_URING -> IoUringIoHandler.newFactory();
            case AUTO, NIO -> NioIoHandler.newFactory();
        };
    }

    /** What makes connections. */
    public Bootstrap client() {
        final TcpTransport transport = available();
        return new Bootstrap().group(group(transport)).channel(switch (transport) {
            case EPOLL -> EpollSocketChannel.class;
            case IO_URING -> IoUringSocketChannel.class;
            case AUTO, NIO -> NioSocketChannel.class;
        }).option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, transport.buffers());
    }

    /** What takes connections. */
    public ServerBootstrap server() {
        final TcpTransport transport = available();
        final Class<? extends ServerChannel> channels = switch (transport) {
            case EPOLL -> EpollServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
            case AUTO, NIO -> NioServerSocketChannel.class;
        };
        return new ServerBootstrap().group(group(transport)).channel(channels)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, transport.buffers());
    }

    /** io_uring reads when it likes: each of its reads needs a buffer of its own. */
    private RecvByteBufAllocator buffers() {
        return this == IO_URING ? new FixedRecvByteBufAllocator(ReceiveBuffer.BYTES) : ReceiveBuffer.shared();
    }

    /** The bytes of a TCP segment (EMSS, RFC 5044 §4.5) where the system tells them, or else what is usual. */
    static int segmentBytes(final Channel channel) {
        if (channel instanceof EpollSocketChannel epoll) {
            try {
                return Math.toIntExact(epoll.tcpInfo().sndMss());
            } catch (final ChannelException e) {
                return USUAL_SEGMENT_BYTES; // closed just now
            }
        }
        return channel.remoteAddress() instanceof InetSocketAddress address
            && address.getAddress().isLoopbackAddress() ? LOOPBACK_SEGMENT_BYTES : USUAL_SEGMENT_BYTES;
    }

    /**
     * Has the system ask an idle peer whether it is still there, whose machine may be gone without a word; where it can
     * be told, after {@code timeoutMs}.
     */
    static void keepAlive(final Channel channel, final int timeoutMs) {
        final ChannelConfig config = channel.config();
        try {
            config.setOption(ChannelOption.SO_KEEPALIVE, true);
            if (channel instanceof EpollSocketChannel) {
                config.setOption(EpollChannelOption.TCP_KEEPIDLE,
                    Math.clamp(timeoutMs / MS_OF_SECOND, 1, MAX_KEEP_IDLE_SECONDS));
                config.setOption(EpollChannelOption.TCP_KEEPINTVL, KEEP_INTERVAL_SECONDS);
                config.setOption(EpollChannelOption.TCP_KEEPCNT, KEEP_COUNT);
            }
        } catch (final ChannelException e) {
            // Closed just now: its handler is told.
        }
    }

    /** How a connection's bytes leave without its event loop, null if they cannot. */
    static @Nullable DirectSocket directSocket(final Channel channel, final int timeoutMs) {
        return channel instanceof EpollSocketChannel epoll ? DirectSocket.of(epoll, timeoutMs) : null;
    }
}
