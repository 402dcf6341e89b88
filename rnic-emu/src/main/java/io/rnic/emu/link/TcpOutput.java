package io.rnic.emu.link;

import io.rnic.emu.engine.Terminate;
import java.lang.foreign.MemorySegment;

/**
 * The bytes that leave by a connection, in the order in which they are handed in, whole FPDUs each time. No memory of
 * the application is looked at after a write has returned. Its monitor keeps several writes together.
 */
sealed interface TcpOutput permits ChannelOutput, SocketOutput {
    /** {@link #atOnce} of what has little room, or is not known to have more. */
    int LEAST_AT_ONCE = 1 << 18;
    /** {@link #atOnce} of what has much. */
    int MOST_AT_ONCE = 3 << 18;

    /** Whether bytes are written straight from where they are. */
    boolean isDirect();

    /** Whether a write would be taken without much waiting. */
    boolean hasRoom();

    /** So many bytes are best handed in at once, where there are as many: in few and long pieces it goes faster. */
    int atOnce();

    /** Takes bytes from the beginning of a segment; returns {@link Terminate#NONE} or CONNECTION_LOST. */
    int write(MemorySegment bytes, int length);

    /**
     * Takes bytes from several places; only if {@link #isDirect}. The system reads them by their addresses: what an
     * application sends from an arena that it closes in this very moment is whatever is there then.
     *
     * @return as {@link #write}, or LOCAL_FAULT if some place is gone: the connection cannot go on then
     */
    int write(Pieces pieces);

    /** Nothing is taken any more; what was taken leaves, then the peer is told that no more comes. */
    void finish();

    /** The same, but nothing comes any more either. */
    void close();
}
