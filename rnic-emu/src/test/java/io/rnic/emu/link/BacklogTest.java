package io.rnic.emu.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BacklogTest {
    private static final int TIMEOUT_MS = 20_000;
    /** Many blocks, and longer than what a socket takes at once. */
    private static final int BYTES = 10_000_000;

    /** Pieces of all lengths, some longer than a block; some leave before the next comes. */
    @Test
    void whatWaitsShouldLeaveInItsOrder() throws Exception {
        assumeTrue(Epoll.isAvailable());
        final MemorySegment bytes = Arena.ofAuto().allocate(BYTES);
        for (int i = 0; i < BYTES; i += Integer.BYTES) {
            bytes.set(ValueLayout.JAVA_INT_UNALIGNED, i, i * 0x9E3779B1);
        }
        final long before = Budget.ALL.left();
        final Backlog backlog = new Backlog();
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final EpollSocketChannel channel =
                (EpollSocketChannel) TcpTransport.EPOLL.client().handler(new ChannelInboundHandlerAdapter())
                    .connect(listening.getLocalSocketAddress()).sync().channel();
            final DirectSocket socket = Objects.requireNonNull(DirectSocket.of(channel, TIMEOUT_MS));
            channel.close().sync();
            try (Socket peer = listening.accept()) {
                final CompletableFuture<byte[]> came = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> came.completeAsync(() -> read(peer), Runnable::run));
                fill(backlog, bytes, socket);
                while (!backlog.writeTo(socket)) {
                    Thread.onSpinWait();
                }
                assertThat(MemorySegment.ofArray(came.get()).mismatch(bytes)).isEqualTo(-1);
            } finally {
                socket.close();
            }
        }
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(Budget.ALL.left()).isGreaterThanOrEqualTo(before);
    }

    private static void fill(final Backlog backlog, final MemorySegment bytes, final DirectSocket socket)
        throws IOException {
        int at = 0;
        for (int length = 1; at < BYTES; length = length * 3 % 200_003) {
            final int piece = Math.min(length, BYTES - at);
            backlog.add(bytes, at, piece);
            at += piece;
            if (length % 7 == 0) {
                backlog.writeTo(socket);
            }
        }
    }

    private static byte[] read(final Socket peer) {
        try {
            return peer.getInputStream().readNBytes(BYTES);
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatIsGivenUpShouldLeaveNothingBehind() throws IOException {
        final long before = Budget.ALL.left();
        final Backlog backlog = new Backlog();
        backlog.add(Arena.ofAuto().allocate(BYTES), 0, BYTES);
        backlog.clear();
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(Budget.ALL.left()).isGreaterThanOrEqualTo(before);
    }
}
