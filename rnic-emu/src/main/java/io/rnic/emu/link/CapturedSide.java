package io.rnic.emu.link;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One side of a TCP connection, as a capture sees it. */
public final class CapturedSide {
    private final CapturedConnection connection;
    private final boolean isClient;

    private CapturedSide(final CapturedConnection connection, final boolean isClient) {
        this.connection = connection;
        this.isClient = isClient;
    }

    /**
     * The side of a connection that is there; null if nothing is captured.
     *
     * @param isClient whether it asked for the connection
     */
    public static @Nullable CapturedSide of(
        final @Nullable Capture capture, final InetSocketAddress self, final InetSocketAddress peer,
        final boolean isClient) {
        return capture == null ? null
            : new CapturedSide(isClient ? capture.connection(self, peer) : capture.connection(peer, self), isClient);
    }

    /** Bytes that this side sends. */
    public void sent(final MemorySegment... pieces) {
        connection.bytes(isClient, pieces);
    }

    /** Bytes that came. */
    public void received(final ByteBuffer bytes) {
        connection.bytes(!isClient, bytes);
    }

    /** This side sends no more. */
    public void ended() {
        connection.end(isClient);
    }

    /** The peer sends no more. */
    public void peerEnded() {
        connection.end(!isClient);
    }
}
