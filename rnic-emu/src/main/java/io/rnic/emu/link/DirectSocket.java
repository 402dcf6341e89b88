package io.rnic.emu.link;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.Socket;
import io.rnic.emu.host.Descriptors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket of Linux, read and written in any thread without waiting. It is a descriptor of its own (dup(2))
 * beside that of the channel whose set-up it has: the connection lives on when the channel is closed.
 *
 * <p>Who closes it makes sure that nobody uses it meanwhile: the system may give its number to another socket.
 */
final class DirectSocket {
    /** Of Linux on x86-64 and aarch64. */
    private static final int ETIMEDOUT = 110;

    private final Socket descriptor;
    private final MemorySegment pollDescriptor = Arena.ofAuto().allocate(Descriptors.POLL_BYTES, Long.BYTES);

    private DirectSocket(final Socket descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * The socket of a channel; null if the system has no descriptor left, or the channel is closed.
     *
     * @param timeoutMs for how long a peer may take or acknowledge nothing before it is lost: TCP_USER_TIMEOUT, tcp(7)
     */
    static @Nullable DirectSocket of(final EpollSocketChannel channel, final int timeoutMs) {
        try {
            channel.config().setTcpUserTimeout(timeoutMs);
        } catch (final ChannelException e) {
            return null; // closed just now
        }
        final int copy = Descriptors.duplicate(channel.fd().intValue());
        if (copy < 0) {
            return null;
        }
        final DirectSocket socket = new DirectSocket(new Socket(copy));
        if (!channel.fd().isOpen()) { // closed meanwhile: the copy may be another's
            socket.close();
            return null;
        }
        return socket;
    }

    /** Whether the peer is lost because it took or acknowledged nothing for so long. */
    static boolean isTimedOut(final IOException why) {
        return why instanceof NativeIoException error && error.expectedErr() == -ETIMEDOUT;
    }

    Socket descriptor() {
        return descriptor;
    }

    /**
     * Reads bytes.
     *
     * @return how many came, 0 when there are none now, below 0 when no more come
     */
    int read(final long address, final int length) throws IOException {
        return descriptor.readAddress(address, 0, length);
    }

    /**
     * Writes bytes.
     *
     * @return how many were taken, 0 when there is no room now
     */
    private int write(final long address, final int length) throws IOException {
        return descriptor.writeAddress(address, 0, length);
    }

    /** Writes as many of the bytes as there is room for, and returns how many. */
    int writeAll(final long address, final int length) throws IOException {
        int done = 0;
        int written;
        do {
            written = write(address + done, length - done);
            done += written;
        } while (written > 0 && done < length);
        return done;
    }

    /** Writes pieces, once; returns as {@link #writeAll}. */
    long write(final Pieces pieces) throws IOException {
        return descriptor.writevAddresses(pieces.vector(), pieces.count());
    }

    /** Whether there is room for much; true too if it is broken. For one thread at a time. */
    boolean hasRoom() {
        return Descriptors.hasRoom(descriptor.intValue(), pollDescriptor);
    }

    /** Tells the peer that no more comes. */
    void endOutput() throws IOException {
        try {
            descriptor.shutdown(false, true);
        } catch (final NotYetConnectedException e) { // how Netty calls a connection that is gone
            throw new IOException(e);
        }
    }

    void close() {
        try {
            descriptor.close();
        } catch (final IOException e) {
            // The descriptor is gone in any case (close(2)).
        }
    }
}
