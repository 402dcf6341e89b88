package io.rnic.emu.link;

import io.rnic.emu.host.MemoryFaults;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.Markers;
import io.rnic.emu.wire.SetUpFrame;
import io.rnic.emu.wire.SetUpResult;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A half-stream cut into packets: the set-up frame, then each FPDU, have a packet of their own however the bytes come,
 * for a dissector that begins in the middle of a frame is lost. What does not begin with a set-up frame goes as it
 * comes.
 *
 * <pre>
 *   SET_UP --frame--&gt; FRAMES    the peer's set-up frame said whether there are markers
 *      `---anything else---&gt; RAW
 * </pre>
 */
final class CapturedStream {
    private static final int MAX_FRAME_LENGTH = Markers.totalLength(0, Fpdu.MAX_LENGTH);
    private static final int FIRST_CAPACITY = 1 << 10;

    /** Writes a packet: the first bytes of a buffer from somewhere on. */
    @FunctionalInterface
    interface Packets {
        void write(byte[] bytes, int offset, int length);
    }

    private enum Stage { SET_UP, FRAMES, RAW }

    private final boolean replies;
    private final Packets packets;
    private Stage stage = Stage.SET_UP;
    private byte[] buffer = new byte[FIRST_CAPACITY];
    private MemorySegment segment = MemorySegment.ofArray(buffer);
    private int filled;
    private long written;
    private boolean requiresMarkers;
    /** Where the frame in the buffer begins, from the first FPDU on. */
    private long position;

    /**
     * A half-stream before its first byte.
     *
     * @param replies whether it begins with a reply, else with a request
     */
    CapturedStream(final boolean replies, final Packets packets) {
        this.replies = replies;
        this.packets = packets;
    }

    /**
     * Takes bytes; {@code other} is the other direction. If some of them are gone, as memory can be, none of this call
     * are taken; those of frames that were whole before have been written all the same.
     */
    void add(final CapturedStream other, final MemorySegment... pieces) {
        final int before = filled;
        final long begun = written;
        try {
            for (final MemorySegment piece : pieces) {
                add(piece, other);
            }
            if (stage == Stage.RAW) {
                flush();
            }
            MemoryFaults.settle();
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            filled = begun == written ? before : 0;
            stage = begun == written ? stage : Stage.RAW;
            throw e;
        }
    }

    private void add(final MemorySegment bytes, final CapturedStream other) {
        long taken = 0;
        while (taken < bytes.byteSize()) {
            final int piece = (int) Math.min(needed(other) - filled, bytes.byteSize() - taken);
            reserve(filled + piece);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, taken, buffer, filled, piece);
            filled += piece;
            taken += piece;
            if (needed(other) == filled) {
                flush();
            }
        }
    }

    /** How many bytes there must be in the buffer before they can go, or before more is known. */
    private int needed(final CapturedStream other) {
        if (stage == Stage.SET_UP) {
            switch (SetUpFrame.parse(segment, 0, filled, replies)) {
                case SetUpResult.NeedMore(int length) -> {
                    return length;
                }
                case SetUpResult.Parsed parsed -> {
                    requiresMarkers = parsed.setUp().markers();
                    return parsed.length();
                }
                case SetUpResult.Bad bad -> stage = Stage.RAW;
            }
        }
        return stage == Stage.RAW ? CapturedConnection.MAX_SEGMENT_LENGTH : frame(other.requiresMarkers);
    }

    private int frame(final boolean markers) {
        final int lengthAt = markers ? Markers.leading(position) : 0;
        if (filled < lengthAt + Fpdu.ULPDU_OFFSET) {
            return lengthAt + Fpdu.ULPDU_OFFSET;
        }
        final int length = Fpdu.totalLength(Fpdu.length(segment, lengthAt));
        return markers ? Markers.totalLength(position, length) : length;
    }

    private void reserve(final int length) {
        if (length > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(length, Math.min(2 * buffer.length, MAX_FRAME_LENGTH)));
            segment = MemorySegment.ofArray(buffer);
        }
    }

    /** Writes what is there. */
    void flush() {
        for (int at = 0; at < filled; at += CapturedConnection.MAX_SEGMENT_LENGTH) {
            packets.write(buffer, at, Math.min(filled - at, CapturedConnection.MAX_SEGMENT_LENGTH));
        }
        written += filled;
        if (stage == Stage.FRAMES) {
            position += filled;
        } else if (stage == Stage.SET_UP) {
            stage = Stage.FRAMES;
        }
        filled = 0;
    }
}
