package io.rnic.emu.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The logger that is to say what failed fails itself, as where no descriptor is left for its time zones. */
@Timeout(60)
class LastingEventLoopTest {
    private static final int PATIENCE_SECONDS = 20;
    private static final Logger NETTY = Logger.getLogger("io.netty");

    private final IllegalStateException failure = new IllegalStateException("what Netty would log");
    private final Error ofLogger = new NoClassDefFoundError("what the logger throws");
    private final CompletableFuture<Throwable> told = new CompletableFuture<>();
    private final Handler throwing = new Handler() {
        @Override
        public void publish(final LogRecord logged) {
            for (Throwable at = logged.getThrown(); at != null; at = at.getCause()) {
                if (at.equals(failure)) {
                    throw ofLogger;
                }
            }
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }
    };

    @BeforeEach
    void addLogger() {
        NETTY.addHandler(throwing);
    }

    @AfterEach
    void removeLogger() {
        NETTY.removeHandler(throwing);
    }

    private void hear(final EventLoop loop) throws Exception {
        loop.submit(() -> Thread.currentThread().setUncaughtExceptionHandler(
            (thread, thrown) -> told.complete(thrown))).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void expectAlive(final EventLoop loop) throws Exception {
        assertThat(told.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isSameAs(ofLogger);
        loop.submit(() -> Thread.currentThread().setUncaughtExceptionHandler(null))
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "NIO"})
    void shouldOutliveATaskThatFails(final TcpTransport transport) throws Exception {
        final EventLoop loop = transport.client().config().group().next();
        hear(loop);
        loop.execute(() -> {
            throw failure;
        });
        expectAlive(loop);
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "NIO"})
    void shouldOutliveAChannelThatFails(final TcpTransport transport) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final Channel channel = transport.client().handler(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(final ChannelHandlerContext context, final Object message) {
                    throw failure;
                }

                @Override
                public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
                    throw failure;
                }
            }).connect(listening.getLocalSocketAddress()).sync().channel();
            hear(channel.eventLoop());
            try (Socket peer = listening.accept()) {
                peer.getOutputStream().write(1);
                expectAlive(channel.eventLoop());
            }
            channel.close().sync();
        }
    }
}
