package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What a Terminate has behind its DDP header (RFC 5040 §4.8).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-------+---------------+-+-+-+-------------------------+
 *   | layer | type  |  error code   |M|D|R|            0            |
 *   +-------+-------+---------------+-+-+-+-------------------------+
 *   |  ULPDU's length, if M or D    |  its DDP header, if D ...     |
 *   +-------------------------------+-------------------------------+
 *   |  its Read Request header, if R ...                            |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Which headers of the refused ULPDU go back: for RDMAP's remote protection both (the second of a Read Request
 * only), for RDMAP's remote operation and for DDP the DDP header, else none. Never a byte of payload.
 *
 * <p>Linux's siw writes the control word with the bits of each field group the other way round: type before layer, M, D
 * and R as 1, 2 and 4. Read is either; written is the RFC's.
 */
public final class TerminateHeader {
    /** Layer and type, error code, flags: 4 bytes. */
    public static final int CONTROL_OFFSET = 0;
    /** The bytes of the control word. */
    public static final int CONTROL_LENGTH = 4;
    /** The refused ULPDU's length, 2 bytes. */
    public static final int SEGMENT_LENGTH_OFFSET = 4;
    /** The refused ULPDU's DDP header. */
    public static final int DDP_HEADER_OFFSET = 6;
    /** The longest. */
    public static final int MAX_LENGTH = DDP_HEADER_OFFSET + DdpHeader.MAX_LENGTH + ReadRequestHeader.LENGTH;

    /** Flag: the refused ULPDU's length is told. */
    public static final int SEGMENT_LENGTH = 4;
    /** Flag: its DDP header is there. */
    public static final int DDP_HEADER = 2;
    /** Flag: its Read Request header is there. */
    public static final int READ_REQUEST = 1;

    private static final int FLAGS_OFFSET = 2;
    private static final int FLAGS_SHIFT = 5;
    private static final int SWAPPED_FLAGS = 0x07;

    private TerminateHeader() {
    }

    /** Writes a Terminate that no ULPDU caused, and returns its length. */
    public static int write(final MemorySegment segment, final long offset, final int terminateCode) {
        writeControl(segment, offset, terminateCode, 0);
        return CONTROL_LENGTH;
    }

    /**
     * The FPDU of a Terminate that is the first of its half-stream and carries no headers.
     *
     * @param markers whether the half-stream has markers
     * @param crc     whether CRCs are used
     */
    public static byte[] frame(final int terminateCode, final boolean markers, final boolean crc) {
        final int ulpduLength = DdpHeader.UNTAGGED_LENGTH + CONTROL_LENGTH;
        final int length = Fpdu.totalLength(ulpduLength);
        final MemorySegment plain = MemorySegment.ofArray(new byte[length]);
        Fpdu.length(plain, 0, ulpduLength);
        DdpHeader.writeUntagged(plain, Fpdu.ULPDU_OFFSET, RdmapOpcode.TERMINATE, true, 0, 1, 0);
        write(plain, Fpdu.ULPDU_OFFSET + DdpHeader.UNTAGGED_LENGTH, terminateCode);
        final byte[] frame = new byte[markers ? Markers.totalLength(0, length) : length];
        final MemorySegment bytes = MemorySegment.ofArray(frame);
        if (markers) {
            Markers.insert(plain, 0, length, bytes, 0, 0, 0);
        } else {
            bytes.copyFrom(plain);
        }
        if (crc) {
            final int covered = frame.length - Fpdu.CRC_LENGTH;
            Fpdu.crc(bytes, covered, Fpdu.crc(new CRC32C(), ByteBuffer.wrap(frame), 0, covered));
        }
        return frame;
    }

    /**
     * Writes a Terminate, with those headers of the refused ULPDU that go with it, and returns its length, at most
     * {@link #MAX_LENGTH}.
     *
     * @param ulpdu       has the ULPDU
     * @param ulpduOffset where it begins
     * @param ulpduLength its bytes, 0 to 65,535
     */
    public static int write(final MemorySegment segment, final long offset, final int terminateCode,
        final MemorySegment ulpdu, final long ulpduOffset, final int ulpduLength) {
        final int ddpLength = ulpduLength < DdpHeader.TAGGED_LENGTH || !carriesDdpHeader(terminateCode)
            ? 0 : DdpHeader.length(ulpdu, ulpduOffset);
        if (ddpLength == 0 || ulpduLength < ddpLength) {
            return write(segment, offset, terminateCode);
        }
        final boolean readRequest = carriesReadRequest(terminateCode) && ddpLength == DdpHeader.UNTAGGED_LENGTH
            && DdpHeader.opcode(ulpdu, ulpduOffset) == RdmapOpcode.READ_REQUEST
            && ulpduLength >= ddpLength + ReadRequestHeader.LENGTH;
        final int copied = ddpLength + (readRequest ? ReadRequestHeader.LENGTH : 0);
        writeControl(segment, offset, terminateCode, SEGMENT_LENGTH | DDP_HEADER | (readRequest ? READ_REQUEST : 0));
        Bytes.putShort(segment, offset + SEGMENT_LENGTH_OFFSET, ulpduLength);
        MemorySegment.copy(ulpdu, ulpduOffset, segment, offset + DDP_HEADER_OFFSET, copied);
        return DDP_HEADER_OFFSET + copied;
    }

    private static void writeControl(
        final MemorySegment segment, final long offset, final int terminateCode, final int headers) {
        Bytes.putShort(segment, offset + CONTROL_OFFSET, terminateCode);
        Bytes.putShort(segment, offset + FLAGS_OFFSET, headers << (FLAGS_SHIFT + Byte.SIZE));
    }

    private static boolean carriesDdpHeader(final int terminateCode) {
        return switch (TerminateCode.layer(terminateCode)) {
            case 0 -> TerminateCode.type(terminateCode) != 0;
            case 1 -> true;
            default -> false;
        };
    }

    private static boolean carriesReadRequest(final int terminateCode) {
        return TerminateCode.layer(terminateCode) == 0 && TerminateCode.type(terminateCode) == 1;
    }

    /** Why the connection ends, from either order of bits; of a message with {@link #CONTROL_LENGTH} bytes at least. */
    public static int terminateCode(final MemorySegment segment, final long offset) {
        final int high = Bytes.getByte(segment, offset + CONTROL_OFFSET);
        final int code = Bytes.getByte(segment, offset + CONTROL_OFFSET + 1);
        return isSwapped(segment, offset)
            ? TerminateCode.of(high & 0xF, high >>> 4, code) : TerminateCode.of(high >>> 4, high & 0xF, code);
    }

    /**
     * Whether the bits are in siw's order: a flag stands where the RFC has none, or the RFC's reading is no row of its
     * tables and the other one is.
     */
    public static boolean isSwapped(final MemorySegment segment, final long offset) {
        if ((Bytes.getByte(segment, offset + FLAGS_OFFSET) & SWAPPED_FLAGS) != 0) {
            return true;
        }
        final int high = Bytes.getByte(segment, offset + CONTROL_OFFSET);
        final int code = Bytes.getByte(segment, offset + CONTROL_OFFSET + 1);
        return !TerminateCode.isDefined(TerminateCode.of(high >>> 4, high & 0xF, code))
            && TerminateCode.isDefined(TerminateCode.of(high & 0xF, high >>> 4, code));
    }

    /**
     * What is there beside the control word: {@link #SEGMENT_LENGTH}, {@link #DDP_HEADER} and {@link #READ_REQUEST}, as
     * far as the flags say so and the message is long enough; a header without what must stand before it does not
     * count.
     *
     * @param length the bytes that may be read, {@link #CONTROL_LENGTH} at least
     */
    public static int headers(final MemorySegment segment, final long offset, final int length) {
        final int flags = Bytes.getByte(segment, offset + FLAGS_OFFSET);
        final int told = isSwapped(segment, offset) ? Integer.reverse(flags << 29) : flags >>> FLAGS_SHIFT;
        if (length < DDP_HEADER_OFFSET || (told & (SEGMENT_LENGTH | DDP_HEADER)) == 0) {
            return 0;
        }
        if ((told & DDP_HEADER) == 0 || length < DDP_HEADER_OFFSET + DdpHeader.TAGGED_LENGTH
            || length < readRequestOffset(segment, offset)) {
            return SEGMENT_LENGTH;
        }
        final boolean readRequest = (told & READ_REQUEST) != 0
            && length >= readRequestOffset(segment, offset) + ReadRequestHeader.LENGTH;
        return SEGMENT_LENGTH | DDP_HEADER | (readRequest ? READ_REQUEST : 0);
    }

    /** The refused ULPDU's length, if {@link #headers} has it. */
    public static int segmentLength(final MemorySegment segment, final long offset) {
        return Bytes.getShort(segment, offset + SEGMENT_LENGTH_OFFSET);
    }

    /** Where the refused Read Request's header is, from the Terminate's beginning; if {@link #headers} has it. */
    public static int readRequestOffset(final MemorySegment segment, final long offset) {
        return DDP_HEADER_OFFSET + DdpHeader.length(segment, offset + DDP_HEADER_OFFSET);
    }
}
