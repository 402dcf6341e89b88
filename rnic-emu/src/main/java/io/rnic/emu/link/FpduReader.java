package io.rnic.emu.link;

import io.rnic.emu.engine.StreamReceiver;
import io.rnic.emu.engine.Terminate;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.Markers;
import io.rnic.emu.wire.TerminateCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a connection reads into FPDUs, wherever TCP has split it, and hands their segments on. Belongs to the
 * connection's thread.
 *
 * <pre>
 *   no CRC, no markers:  head (gathered if split) -- payload as it comes -- trailer passed over
 *   else:                the whole FPDU, gathered if it is split -- markers out -- CRC -- head, payload
 * </pre>
 */
final class FpduReader {
    /** What {@link StreamReceiver#begin} wants to see at once, behind the length. */
    private static final int HEAD_BYTES = Fpdu.ULPDU_OFFSET + StreamReceiver.HEAD_BYTES;

    private final StreamReceiver receiver;
    private final boolean crc;
    private final boolean markers;
    private final CRC32C calculator = new CRC32C();
    private final MemorySegment head = Arena.ofAuto().allocate(HEAD_BYTES);
    /** Bytes in {@link #head}, or of the frame that is gathered. */
    private int gathered;
    /** Of the FPDU under way: bytes of payload, and bytes behind it, that have not come. */
    private int payloadLeft;
    private int trailerLeft;
    private boolean inSegment;
    private boolean hasRead;
    /** Why the connection ends. */
    private int result = Terminate.NONE;
    /** A frame that is split, while it is. */
    private @Nullable ReceiveBuffer frame;
    /** Where the next frame begins in the half-stream, for markers. */
    private long position;

    FpduReader(final StreamReceiver receiver, final boolean crc, final boolean markers) {
        this.receiver = receiver;
        this.crc = crc;
        this.markers = markers;
    }

    /**
     * Takes what was read.
     *
     * @return {@link Terminate#NONE}, or why the connection ends
     */
    int read(final ReceiveBuffer from, final int offset, final int length) {
        return crc || markers ? readFrames(from, offset, offset + length)
            : readStream(from.segment, offset, offset + length);
    }

    private int readStream(final MemorySegment bytes, final int begin, final int end) {
        int at = begin;
        while (at < end && result == Terminate.NONE) {
            at += inSegment ? inSegment(bytes, at, end - at) : head(bytes, at, end - at);
        }
        return result;
    }

    /** Begins a segment when its head is there; returns the bytes taken. */
    private int head(final MemorySegment bytes, final int at, final int available) {
        if (gathered == 0 && available >= Fpdu.ULPDU_OFFSET) {
            final int ulpduLength = Fpdu.length(bytes, at);
            if (available >= headBytes(ulpduLength)) {
                begin(bytes, at, ulpduLength);
                return Fpdu.ULPDU_OFFSET + receiver.headerBytes();
            }
        }
        return gatherHead(bytes, at, available);
    }

    private static int headBytes(final int ulpduLength) {
        return Fpdu.ULPDU_OFFSET + Math.min(ulpduLength, StreamReceiver.HEAD_BYTES);
    }

    private void begin(final MemorySegment bytes, final long at, final int ulpduLength) {
        result = receiver.begin(bytes, at + Fpdu.ULPDU_OFFSET, ulpduLength);
        inSegment = true;
        payloadLeft = ulpduLength - receiver.headerBytes();
        trailerLeft = Fpdu.pad(ulpduLength) + Fpdu.CRC_LENGTH;
    }

    private int gatherHead(final MemorySegment bytes, final int at, final int available) {
        int taken = gather(bytes, at, available, Fpdu.ULPDU_OFFSET);
        if (gathered < Fpdu.ULPDU_OFFSET) {
            return taken;
        }
        final int ulpduLength = Fpdu.length(head, 0);
        final int needed = headBytes(ulpduLength);
        taken += gather(bytes, at + taken, available - taken, needed);
        if (gathered == needed) {
            gathered = 0;
            begin(head, 0, ulpduLength);
            final int rest = needed - Fpdu.ULPDU_OFFSET - receiver.headerBytes();
            if (result == Terminate.NONE && rest > 0) { // payload that was gathered with the head
                payloadLeft -= rest;
                result = receiver.payload(head, (long) needed - rest, rest);
            }
        }
        return taken;
    }

    private int gather(final MemorySegment bytes, final int at, final int available, final int needed) {
        final int piece = Math.clamp(needed - gathered, 0, available);
        MemorySegment.copy(bytes, at, head, gathered, piece);
        gathered += piece;
        return piece;
    }

    private int inSegment(final MemorySegment bytes, final int at, final int available) {
        final int payload = Math.min(payloadLeft, available);
        if (payload > 0) {
            payloadLeft -= payload;
            result = receiver.payload(bytes, at, payload);
        }
        final int trailer = payloadLeft == 0 ? Math.min(trailerLeft, available - payload) : 0;
        trailerLeft -= trailer;
        if (result == Terminate.NONE && payloadLeft == 0 && trailerLeft == 0) {
            inSegment = false;
            ended();
        }
        return payload + trailer;
    }

    private void ended() {
        result = receiver.end();
        hasRead = true;
    }

    private int readFrames(final ReceiveBuffer from, final int begin, final int end) {
        int at = begin;
        while (at < end && result == Terminate.NONE) {
            final int length = frameLength(from, at, end - at);
            if (frame != null) {
                at += fill(from, frame, at, end - at);
            } else if (length > end - at) {
                frame = ReceiveBuffer.takeFrame();
                if (frame == null) {
                    result = TerminateCode.MPA_LOCAL;
                }
            } else {
                whole(from, at, length);
                at += length;
            }
        }
        return result;
    }

    /** Adds to the frame that is split; uses it when it is whole. */
    private int fill(final ReceiveBuffer from, final ReceiveBuffer to, final int at, final int available) {
        final int piece = Math.min(available, frameLength(to, 0, gathered) - gathered);
        MemorySegment.copy(from.segment, at, to.segment, gathered, piece);
        gathered += piece;
        if (gathered == frameLength(to, 0, gathered)) {
            whole(to, 0, gathered);
            close();
        }
        return piece;
    }

    /** Gives up the frame that is split. */
    void close() {
        if (frame != null) {
            frame.giveBackFrame();
            frame = null;
        }
        gathered = 0;
    }

    /** The bytes of a frame with its markers, or if its length is not there yet, those up to it. */
    private int frameLength(final ReceiveBuffer from, final int at, final int available) {
        final int leading = markers ? Markers.leading(position) : 0;
        if (available < leading + Fpdu.ULPDU_OFFSET) {
            return leading + Fpdu.ULPDU_OFFSET;
        }
        final int length = Fpdu.totalLength(Fpdu.length(from.segment, at + leading));
        return markers ? Markers.totalLength(position, length) : length;
    }

    private void whole(final ReceiveBuffer in, final int at, final int length) {
        result = unwrap(in, at, length);
        if (result != Terminate.NONE) {
            return;
        }
        final int ulpduLength = Fpdu.length(in.segment, at);
        final long ulpduAt = (long) at + Fpdu.ULPDU_OFFSET;
        result = receiver.begin(in.segment, ulpduAt, ulpduLength);
        if (result == Terminate.NONE) {
            final int header = receiver.headerBytes();
            result = receiver.payload(in.segment, ulpduAt + header, ulpduLength - header);
        }
        if (result == Terminate.NONE) {
            ended();
        }
    }

    /** Checks the CRC, takes the markers out: afterwards the frame begins with its length. */
    private int unwrap(final ReceiveBuffer in, final int at, final int length) {
        if (crc && !Fpdu.isCrcGood(calculator, in.view, in.segment, at, length)) {
            return TerminateCode.CRC;
        }
        if (markers) {
            final int unmarked = Fpdu.totalLength(Fpdu.length(in.segment, (long) at + Markers.leading(position)));
            if (!Markers.remove(in.segment, at, unmarked, position)) {
                return TerminateCode.MARKER_OR_LENGTH;
            }
            position += length;
        }
        return Terminate.NONE;
    }

    /** Whether an FPDU is begun and not ended. */
    boolean isInside() {
        return inSegment || gathered > 0 || frame != null;
    }

    /** Whether a whole FPDU has come. */
    boolean hasRead() {
        return hasRead;
    }
}
