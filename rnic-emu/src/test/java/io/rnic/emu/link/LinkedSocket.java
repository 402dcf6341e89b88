package io.rnic.emu.link;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A connected socket of Linux that nobody watches, and a peer that reads all: what is written can be looked at. */
final class LinkedSocket implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;

    private final DirectSocket socket;
    private final SocketOutput output;
    private final CompletableFuture<byte[]> received = new CompletableFuture<>();
    private final Socket peer;
    private int lingers;

    /** With a peer that reads. */
    LinkedSocket() throws Exception {
        this(true);
    }

    /** With a peer that reads, or does not before it is asked to. */
    LinkedSocket(final boolean reads) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final EpollSocketChannel channel =
                (EpollSocketChannel) TcpTransport.EPOLL.client().handler(new ChannelInboundHandlerAdapter())
                    .connect(listening.getLocalSocketAddress()).sync().channel();
            socket = Objects.requireNonNull(DirectSocket.of(channel, TIMEOUT_MS));
            output = new SocketOutput(socket, new Counting(), null);
            channel.close().sync();
            peer = listening.accept();
        }
        if (reads) {
            beginToRead();
        }
    }

    /** Whom the output tells. */
    private final class Counting implements SocketOutput.Owner {
        @Override
        public void update() {
            // Nobody watches.
        }

        @Override
        public void linger() {
            lingers++;
        }

        @Override
        public void lost(final IOException why) {
            throw new UncheckedIOException(why);
        }

        @Override
        public void close() {
            throw new AssertionError("nothing is closed before it is released");
        }
    }

    /** The peer reads from now on. */
    void beginToRead() {
        Thread.ofVirtual().start(() -> received.completeAsync(() -> read(peer), Runnable::run));
    }

    SocketOutput output() {
        return output;
    }

    /** How often the peer was given its time to end its side. */
    int lingers() {
        return lingers;
    }

    private static byte[] read(final Socket peer) {
        try (peer) {
            return peer.getInputStream().readAllBytes();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A link that may send first. */
    TcpLink link(final int mulpdu, final boolean crc, final boolean markers) {
        return new TcpLink(output, mulpdu, crc, markers, true, () -> { }, () -> { }, () -> { });
    }

    /** Lets leave what waits; then there is room for more. */
    void awaitRoom() {
        while (!output.hasRoom()) {
            output.leave();
            Thread.onSpinWait();
        }
    }

    /** All that was sent; nothing can be sent any more. */
    byte[] received() throws Exception {
        awaitRoom();
        output.finish();
        return received.get();
    }

    @Override
    public void close() {
        output.release();
    }
}
