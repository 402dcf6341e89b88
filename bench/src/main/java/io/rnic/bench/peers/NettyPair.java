package io.rnic.bench.peers;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.Resources;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Both ends of a TCP connection by Netty on loopback, each an event loop with a thread of its own. */
final class NettyPair implements AutoCloseable {
    private static final long TIMEOUT_S = 10;

    private final NettyTransport transport = new NettyTransport();
    private final Resources resources = new Resources();
    private final MultiThreadIoEventLoopGroup serverLoop;
    private final MultiThreadIoEventLoopGroup clientLoop;

    /**
     * Connects them.
     *
     * @param readBytes what is read from a socket at once
     */
    NettyPair(final ChannelHandler client, final ChannelHandler server, final int readBytes) {
        serverLoop = loop("rnic-netty-server");
        clientLoop = loop("rnic-netty-client");
        try {
            final Channel listening = new ServerBootstrap().group(serverLoop).channel(transport.serverChannel())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(readBytes))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(final Channel channel) {
                        channel.pipeline().addLast(server);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).syncUninterruptibly().channel();
            resources.add(() -> listening.close().syncUninterruptibly());
            final Channel connected = new Bootstrap().group(clientLoop).channel(transport.channel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(readBytes))
                .handler(client).connect(listening.localAddress()).syncUninterruptibly().channel();
            resources.add(() -> connected.close().syncUninterruptibly());
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    private MultiThreadIoEventLoopGroup loop(final String name) {
        final MultiThreadIoEventLoopGroup loop = transport.loop(name);
        resources.add(() -> loop.shutdownGracefully(0, TIMEOUT_S, TimeUnit.SECONDS).syncUninterruptibly());
        return loop;
    }

    /**
     * Runs for a while.
     *
     * @param begin called in the client's loop; completes what it is given at the end, or by an error
     */
    void run(final long durationNs, final Consumer<CompletableFuture<Void>> begin) {
        transport.busy(true);
        try {
            final CompletableFuture<Void> done = new CompletableFuture<>();
            clientLoop.execute(() -> begin.accept(done));
            // The server's loop is woken by the first message, or now, for it to spin from the start.
            serverLoop.execute(() -> { });
            done.get(TIMEOUT_S + TimeUnit.NANOSECONDS.toSeconds(durationNs), TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            throw new ExperimentException("TCP by Netty", e.getCause() == null ? e : e.getCause());
        } catch (final TimeoutException e) {
            throw new ExperimentException("TCP by Netty: no answer within " + TIMEOUT_S + " s", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted while TCP by Netty was measured", e);
        } finally {
            transport.busy(false);
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
