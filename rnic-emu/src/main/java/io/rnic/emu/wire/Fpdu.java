package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * MPA's frame (RFC 5044 §4.1), without markers.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |         ULPDU_Length          |  ULPDU ...                    |
 *   +-------------------------------+                               |
 *   |                               +-------------------------------+
 *   |                               |  pad: 0 to 3 zeros            |
 *   +-------------------------------+-------------------------------+
 *   |                              CRC                              |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p>The length counts the ULPDU alone; the whole is a multiple of 4. The CRC covers all before it. It is the one
 * number of the wire that is little-endian when taken as {@link CRC32C} tells it; with CRC off it is there and means
 * nothing.
 */
public final class Fpdu {
    /** The ULPDU's length, 2 bytes. */
    public static final int LENGTH_OFFSET = 0;
    /** The ULPDU. */
    public static final int ULPDU_OFFSET = 2;
    /** The CRC's bytes. */
    public static final int CRC_LENGTH = 4;
    /** What a frame has beside its ULPDU and pad. */
    public static final int OVERHEAD = ULPDU_OFFSET + CRC_LENGTH;
    /** The longest ULPDU that can be told; peers on a loopback interface send it. */
    public static final int MAX_ULPDU_LENGTH = 0xFFFF;
    /** The longest ULPDU to send (RFC 5044 §3); with more, a marker could not point back to its beginning. */
    public static final int MAX_ULPDU_LENGTH_TO_SEND = 64_768;
    /** The longest frame without markers. */
    public static final int MAX_LENGTH = totalLength(MAX_ULPDU_LENGTH);
    /** Segments are not cut smaller than that (RFC 5044 §4.5). */
    public static final int MIN_MULPDU = 128;

    private static final ValueLayout.OfInt CRC_LAYOUT =
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Fpdu() {
    }

    /** The ULPDU's length. */
    public static int length(final MemorySegment segment, final long offset) {
        return Bytes.getShort(segment, offset + LENGTH_OFFSET);
    }

    /** Writes the ULPDU's length. */
    public static void length(final MemorySegment segment, final long offset, final int ulpduLength) {
        Bytes.putShort(segment, offset + LENGTH_OFFSET, ulpduLength);
    }

    /** The zeros behind a ULPDU of that length, 0 to 3. */
    public static int pad(final int ulpduLength) {
        return -(ULPDU_OFFSET + ulpduLength) & 3;
    }

    /** Where the CRC of a frame with such a ULPDU stands, from the frame's beginning. */
    public static int crcOffset(final int ulpduLength) {
        return (ULPDU_OFFSET + ulpduLength + 3) & ~3;
    }

    /** The bytes of a frame with such a ULPDU, from its length to its CRC, markers apart. */
    public static int totalLength(final int ulpduLength) {
        return crcOffset(ulpduLength) + CRC_LENGTH;
    }

    /**
     * Writes what follows a ULPDU: the pad, and the CRC.
     *
     * @param offset where the pad begins
     */
    public static void writeTrailer(
        final MemorySegment segment, final long offset, final int ulpduLength, final int crc) {
        final int pad = pad(ulpduLength);
        for (int i = 0; i < pad; i++) {
            Bytes.putByte(segment, offset + i, 0);
        }
        crc(segment, offset + pad, crc);
    }

    /** The CRC at {@code offset}. */
    public static int crc(final MemorySegment segment, final long offset) {
        return segment.get(CRC_LAYOUT, offset);
    }

    /** Writes a CRC at {@code offset}. */
    public static void crc(final MemorySegment segment, final long offset, final int crc) {
        segment.set(CRC_LAYOUT, offset, crc);
    }

    /**
     * The CRC of some bytes, by a calculator that is begun anew.
     *
     * @param calculator kept by the caller, as all of this is free of allocation
     * @param view       a view of the memory, kept by the caller; its position and limit are moved
     * @param offset     where the bytes begin in the view
     */
    public static int crc(final CRC32C calculator, final ByteBuffer view, final int offset, final int length) {
        calculator.reset();
        update(calculator, view, offset, length);
        return (int) calculator.getValue();
    }

    /** Goes on with bytes of another view, when a frame is gathered; see {@link #crc(CRC32C, ByteBuffer, int, int)}. */
    public static void update(final CRC32C calculator, final ByteBuffer view, final int offset, final int length) {
        calculator.update(view.limit(offset + length).position(offset));
    }

    /**
     * Whether the CRC of a frame in a buffer is that of its bytes; markers are inside.
     *
     * @param length the frame's bytes as they came, 4 at least: with the marker before it, the markers inside, and the
     *               CRC
     */
    public static boolean isCrcGood(
        final CRC32C calculator, final ByteBuffer view, final MemorySegment segment, final int offset,
        final int length) {
        final int covered = length - CRC_LENGTH;
        return crc(calculator, view, offset, covered) == crc(segment, offset + covered);
    }

    /**
     * MULPDU: the longest ULPDU whose frame fits into a TCP segment (RFC 5044 §4.5), within what may be sent.
     *
     * @param emss    the TCP segment's bytes
     * @param markers whether the peer asks for markers
     */
    public static int mulpdu(final int emss, final boolean markers) {
        final int markerBytes = markers ? Markers.LENGTH * ((emss + Markers.INTERVAL - 1) / Markers.INTERVAL) : 0;
        return Math.clamp(emss - (OVERHEAD + markerBytes + emss % 4), MIN_MULPDU, MAX_ULPDU_LENGTH_TO_SEND);
    }
}
