package io.rnic.emu.link;

import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.rnic.emu.host.Descriptors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a connected socket in any thread, without its event loop. It has a descriptor of its own (dup(2)): the loop
 * may close the other one at any moment, and the system may give its number to another socket then.
 *
 * <p>Who uses it holds the lock of its {@link TcpOutput}.
 */
final class DirectSocket {
    private static final int MAX_PIECES = 64;
    /** {@code struct iovec}: address, length. */
    private static final int PIECE_BYTES = 16;

    private final FileDescriptor descriptor;
    private final MemorySegment pieces = Arena.ofAuto().allocate((long) MAX_PIECES * PIECE_BYTES, Long.BYTES);
    private boolean closed;

    private DirectSocket(final FileDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** The socket of a channel; null if the system has no descriptor left. */
    static @Nullable DirectSocket of(final EpollSocketChannel channel) {
        final int copy = Descriptors.duplicate(channel.fd().intValue());
        if (copy < 0) {
            return null;
        }
        final DirectSocket socket = new DirectSocket(new FileDescriptor(copy));
        if (!channel.fd().isOpen()) { // closed meanwhile: the copy may be another's
            socket.close();
            return null;
        }
        return socket;
    }

    /**
     * Writes bytes.
     *
     * @return how many were taken, 0 when there is no room now
     */
    int write(final long address, final int length) throws IOException {
        return closed ? 0 : descriptor.writeAddress(address, 0, length);
    }

    /** Notes a piece of a gathered write. */
    void piece(final int index, final long address, final long length) {
        pieces.set(ValueLayout.JAVA_LONG, (long) index * PIECE_BYTES, address);
        pieces.set(ValueLayout.JAVA_LONG, (long) index * PIECE_BYTES + Long.BYTES, length);
    }

    /** Writes so many pieces; returns as {@link #write}. */
    long writePieces(final int count) throws IOException {
        return closed ? 0 : descriptor.writevAddresses(pieces.address(), count);
    }

    void close() {
        closed = true;
        try {
            descriptor.close();
        } catch (final IOException e) {
            // The descriptor is gone in any case (close(2)).
        }
    }
}
