package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;

/**
 * MPA's markers (RFC 5044 §4.2, §4.3): 4 bytes at every 512th byte of a half-stream, from its first FPDU on, with which
 * a receiver could find where FPDUs begin after a gap.
 *
 * <pre>
 *   +-------------------------------+-------------------------------+
 *   |              0                |           FPDUPTR             |
 *   +-------------------------------+-------------------------------+
 *
 *   position   0        4                    512      516
 *              marker   length, ULPDU ...    marker   ... pad, CRC   length ...
 *              0        |&lt;---- FPDUPTR ------|
 * </pre>
 *
 * <p>A <em>position</em> is counted in bytes of the half-stream from its first marker, markers and all. FPDUPTR is how
 * far the marker is from the length of the FPDU that it is in, 0 right before that length. A marker between two FPDUs
 * belongs to the second, for its CRC too; so one never ends a frame, and as all frames are multiples of 4, none is cut.
 */
public final class Markers {
    /** A marker's bytes. */
    public static final int LENGTH = 4;
    /** From one marker to the next. */
    public static final int INTERVAL = 512;
    /** How far back the FPDU begins, 2 bytes. */
    public static final int POINTER_OFFSET = 2;

    private static final int PAYLOAD = INTERVAL - LENGTH;

    private Markers() {
    }

    /** How many bytes there are before the next marker: 0 when it is due, 508 right behind one. */
    public static int bytesToNext(final long position) {
        return (int) -position & (INTERVAL - 1);
    }

    /** How many bytes stand before the length of an FPDU at {@code position}: those of a marker, or 0. */
    public static int leading(final long position) {
        return bytesToNext(position) == 0 ? LENGTH : 0;
    }

    /**
     * How many bytes a frame, or a piece of one, takes in the stream with its markers.
     *
     * @param position where it begins
     * @param length   its bytes without markers
     */
    public static int totalLength(final long position, final int length) {
        final int room = bytesToNext(position);
        return length <= room ? length : length + LENGTH * ((length - room + PAYLOAD - 1) / PAYLOAD);
    }

    /** The marker's pointer. */
    public static int pointer(final MemorySegment segment, final long offset) {
        return Bytes.getShort(segment, offset + POINTER_OFFSET) & ~3;
    }

    /** Writes a marker. */
    public static void write(final MemorySegment segment, final long offset, final int pointer) {
        Bytes.putInt(segment, offset, pointer & 0xFFFF);
    }

    /**
     * Copies a frame, or a piece of one, and writes the markers that fall into it. A frame may come in pieces; its CRC
     * is known when all of it is there, and goes to the last 4 bytes.
     *
     * @param source        has the bytes without markers
     * @param sourceOffset  where they begin
     * @param length        how many
     * @param target        where they go, {@link #totalLength} of them
     * @param targetOffset  where there
     * @param position      where the piece begins in the stream
     * @param frameAt       where the frame begins in the stream, before any marker
     * @return the bytes written
     */
    public static int insert(final MemorySegment source, final long sourceOffset, final int length,
        final MemorySegment target, final long targetOffset, final long position, final long frameAt) {
        final long lengthAt = frameAt + leading(frameAt);
        int taken = 0;
        int written = 0;
        while (taken < length) {
            int room = bytesToNext(position + written);
            if (room == 0) {
                write(target, targetOffset + written, (int) Math.max(position + written - lengthAt, 0));
                written += LENGTH;
                room = PAYLOAD;
            }
            final int piece = Math.min(room, length - taken);
            MemorySegment.copy(source, sourceOffset + taken, target, targetOffset + written, piece);
            taken += piece;
            written += piece;
        }
        return written;
    }

    /**
     * Takes the markers out of a frame, in place: afterwards it begins at {@code offset} with its length.
     *
     * @param offset   where the frame, or the marker before it, begins
     * @param length   the frame's bytes without markers; {@link #totalLength} bytes are there
     * @param position where it begins in the stream
     * @return whether every marker points to the frame's length; if not, the frame is not to be used
     */
    public static boolean remove(
        final MemorySegment segment, final long offset, final int length, final long position) {
        final long lengthAt = position + leading(position);
        int kept = 0;
        int read = 0;
        boolean good = true;
        while (kept < length) {
            int room = bytesToNext(position + read);
            if (room == 0) {
                good &= pointer(segment, offset + read) == Math.max(position + read - lengthAt, 0);
                read += LENGTH;
                room = PAYLOAD;
            }
            final int piece = Math.min(room, length - kept);
            if (kept != read) {
                MemorySegment.copy(segment, offset + read, segment, offset + kept, piece);
            }
            kept += piece;
            read += piece;
        }
        return good;
    }
}
