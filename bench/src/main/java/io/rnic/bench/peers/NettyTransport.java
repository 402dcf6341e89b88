package io.rnic.bench.peers;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategy;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.IntSupplier;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.channels.spi.SelectorProvider;

/**
 * Netty's event loops: epoll on Linux, elsewhere what the JDK has. While a test runs they look for events again and
 * again instead of sleeping until the kernel wakes them, for every peer spins; between tests they sleep.
 */
final class NettyTransport {
    /** Where one core has to serve both loops, neither spins. */
    private static final boolean MAY_SPIN = Runtime.getRuntime().availableProcessors() > 1;

    /** Each a system call. */
    private static final int SPINS = 50;

    private volatile boolean busy;

    /** True if it is epoll. */
    static boolean isEpoll() {
        return Epoll.isAvailable();
    }

    /** Why it is not epoll, in one line. */
    static String whyNotEpoll() {
        final Throwable cause = Epoll.unavailabilityCause();
        return cause == null ? "" : String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    /** Says whether a test runs. */
    void busy(final boolean running) {
        busy = running && MAY_SPIN;
    }

    /** One event loop with a thread of its own. */
    MultiThreadIoEventLoopGroup loop(final String name) {
        final IoHandlerFactory handlers = isEpoll() ? EpollIoHandler.newFactory(0, Spinning::new)
            : NioIoHandler.newFactory(SelectorProvider.provider(), Spinning::new);
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), handlers);
    }

    /** Looks again and again while a test runs, and yields the core when it has looked in vain for a while. */
    private final class Spinning implements SelectStrategy {
        private int looks;

        @Override
        @SuppressWarnings("ThreadPriorityCheck") // yield is the point: the other thread may need this core
        public int calculateStrategy(final IntSupplier selectNow, final boolean hasTasks) throws Exception {
            if (!busy && !hasTasks) {
                return SELECT;
            }
            final int ready = selectNow.get();
            looks = ready > 0 ? 0 : looks + 1;
            if (looks > SPINS) {
                Thread.yield();
            }
            return ready;
        }
    }

    /** What listens. */
    Class<? extends ServerChannel> serverChannel() {
        return isEpoll() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** What connects. */
    Class<? extends Channel> channel() {
        return isEpoll() ? EpollSocketChannel.class : NioSocketChannel.class;
    }
}
