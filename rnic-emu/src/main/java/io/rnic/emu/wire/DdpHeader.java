package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;

/**
 * How a ULPDU begins: DDP's header (RFC 5041 §4) with RDMAP's control byte in it (RFC 5040 §4.1).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *                                   +-+-+-------+---+---+---+-------+
 *                                   |T|L|   0   | DV| RV| 0 | opcode|
 *   +-------------------------------+-+-+-------+---+---+---+-------+
 *   |  T=1: STag              T=0: STag to invalidate, or 0         |
 *   +---------------------------------------------------------------+
 *   |  T=1: tagged offset     T=0: queue number                     |
 *   |                         +-------------------------------------+
 *   |                         T=0: message sequence number (MSN)    |
 *   +---------------------------------------------------------------+
 *   |                         T=0: message offset (MO)              |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Here the header is drawn as it stands in a frame, 2 bytes behind the frame's length; all offsets are from its
 * control byte. T: tagged. L: the message's last segment. DV and RV: both versions are 1.
 */
public final class DdpHeader {
    /** T, L and DDP's version, a byte. */
    public static final int CONTROL_OFFSET = 0;
    /** RDMAP's version and opcode, a byte. */
    public static final int RDMAP_CONTROL_OFFSET = 1;
    /** Tagged: the region, 4 bytes. */
    public static final int STAG_OFFSET = 2;
    /** Tagged: where in it, 8 bytes. */
    public static final int TAGGED_OFFSET_OFFSET = 6;
    /** The bytes of a tagged header. */
    public static final int TAGGED_LENGTH = 14;
    /** Untagged: the STag to invalidate, 4 bytes. */
    public static final int INVALIDATE_STAG_OFFSET = 2;
    /** Untagged: the queue, 4 bytes. */
    public static final int QUEUE_NUMBER_OFFSET = 6;
    /** Untagged: the message's number in its queue, from 1, 4 bytes. */
    public static final int MSN_OFFSET = 10;
    /** Untagged: how many of the message's bytes came before, 4 bytes. */
    public static final int MESSAGE_OFFSET_OFFSET = 14;
    /** The bytes of an untagged header. */
    public static final int UNTAGGED_LENGTH = 18;
    /** The bytes of the longer one. */
    public static final int MAX_LENGTH = UNTAGGED_LENGTH;

    private static final int TAGGED = 0x80;
    private static final int LAST = 0x40;
    private static final int DDP_VERSION_MASK = 0x03;
    private static final int DDP_VERSION = 1;
    private static final int RDMAP_VERSION_MASK = 0xC0;
    private static final int RDMAP_VERSION = 0x40;
    private static final int OPCODE_MASK = 0x0F;

    private DdpHeader() {
    }

    /** Writes a tagged header and returns its length. */
    public static int writeTagged(final MemorySegment segment, final long offset, final int opcode, final boolean last,
        final int stag, final long taggedOffset) {
        writeControl(segment, offset, TAGGED, opcode, last);
        Bytes.putInt(segment, offset + STAG_OFFSET, stag);
        Bytes.putLong(segment, offset + TAGGED_OFFSET_OFFSET, taggedOffset);
        return TAGGED_LENGTH;
    }

    /**
     * Writes an untagged header, for the queue that the opcode goes to, and returns its length.
     *
     * @param invalidateStag 0 unless the opcode invalidates
     */
    public static int writeUntagged(final MemorySegment segment, final long offset, final int opcode,
        final boolean last, final int invalidateStag, final int msn, final int messageOffset) {
        writeControl(segment, offset, 0, opcode, last);
        Bytes.putInt(segment, offset + INVALIDATE_STAG_OFFSET, invalidateStag);
        Bytes.putInt(segment, offset + QUEUE_NUMBER_OFFSET, RdmapOpcode.queueNumber(opcode));
        Bytes.putInt(segment, offset + MSN_OFFSET, msn);
        Bytes.putInt(segment, offset + MESSAGE_OFFSET_OFFSET, messageOffset);
        return UNTAGGED_LENGTH;
    }

    private static void writeControl(
        final MemorySegment segment, final long offset, final int tagged, final int opcode, final boolean last) {
        Bytes.putByte(segment, offset + CONTROL_OFFSET, tagged | (last ? LAST : 0) | DDP_VERSION);
        Bytes.putByte(segment, offset + RDMAP_CONTROL_OFFSET, RDMAP_VERSION | opcode);
    }

    /** Whether it goes to a tagged buffer. */
    public static boolean isTagged(final MemorySegment segment, final long offset) {
        return (Bytes.getByte(segment, offset + CONTROL_OFFSET) & TAGGED) != 0;
    }

    /** Whether it is the message's last segment. */
    public static boolean isLast(final MemorySegment segment, final long offset) {
        return (Bytes.getByte(segment, offset + CONTROL_OFFSET) & LAST) != 0;
    }

    /** DDP's version: 1. */
    public static int ddpVersion(final MemorySegment segment, final long offset) {
        return Bytes.getByte(segment, offset + CONTROL_OFFSET) & DDP_VERSION_MASK;
    }

    /** RDMAP's version: 1. */
    public static int rdmapVersion(final MemorySegment segment, final long offset) {
        return Bytes.getByte(segment, offset + RDMAP_CONTROL_OFFSET) >>> 6;
    }

    /** A {@link RdmapOpcode}, once it is checked. */
    public static int opcode(final MemorySegment segment, final long offset) {
        return Bytes.getByte(segment, offset + RDMAP_CONTROL_OFFSET) & OPCODE_MASK;
    }

    /** The header's bytes, by its T bit. */
    public static int length(final MemorySegment segment, final long offset) {
        return isTagged(segment, offset) ? TAGGED_LENGTH : UNTAGGED_LENGTH;
    }

    /** Tagged: the region. */
    public static int stag(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + STAG_OFFSET);
    }

    /** Tagged: where in it. */
    public static long taggedOffset(final MemorySegment segment, final long offset) {
        return Bytes.getLong(segment, offset + TAGGED_OFFSET_OFFSET);
    }

    /** Untagged: the STag to invalidate; means nothing unless the opcode invalidates. */
    public static int invalidateStag(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + INVALIDATE_STAG_OFFSET);
    }

    /** Untagged: the queue; that of the opcode, once it is checked. */
    public static int queueNumber(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + QUEUE_NUMBER_OFFSET);
    }

    /** Untagged: the message's number in its queue; it wraps. */
    public static int msn(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + MSN_OFFSET);
    }

    /** Untagged: how many of the message's bytes came before, up to 2^32 - 1. */
    public static long messageOffset(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + MESSAGE_OFFSET_OFFSET) & 0xFFFF_FFFFL;
    }

    /**
     * What a received ULPDU deserves by its header alone. When it is {@link TerminateCode#NONE}, the header is whole,
     * its versions, opcode, T bit and queue number are in order and belong together; a message of fixed length (RDMA
     * Read Request, atomics, immediate data) is there in one segment, and a Terminate has its control word.
     *
     * @param ulpduLength the bytes that may be read
     */
    public static int check(final MemorySegment segment, final long offset, final int ulpduLength) {
        if (ulpduLength < TAGGED_LENGTH) {
            return TerminateCode.MARKER_OR_LENGTH;
        }
        final int control = Bytes.getByte(segment, offset + CONTROL_OFFSET);
        final boolean tagged = (control & TAGGED) != 0;
        if (!tagged && ulpduLength < UNTAGGED_LENGTH) {
            return TerminateCode.MARKER_OR_LENGTH;
        }
        if ((control & DDP_VERSION_MASK) != DDP_VERSION) {
            return tagged ? TerminateCode.TAGGED_VERSION : TerminateCode.UNTAGGED_VERSION;
        }
        if (!tagged && !RdmapOpcode.isKnownQueue(queueNumber(segment, offset))) {
            return TerminateCode.QUEUE_NUMBER;
        }
        final int rdmapControl = Bytes.getByte(segment, offset + RDMAP_CONTROL_OFFSET);
        if ((rdmapControl & RDMAP_VERSION_MASK) != RDMAP_VERSION) {
            return TerminateCode.RDMAP_VERSION;
        }
        final int opcode = rdmapControl & OPCODE_MASK;
        if (!RdmapOpcode.isKnown(opcode) || RdmapOpcode.isTagged(opcode) != tagged) {
            return TerminateCode.UNEXPECTED_OPCODE;
        }
        return tagged ? TerminateCode.NONE
            : checkUntagged(segment, offset, opcode, control, ulpduLength - UNTAGGED_LENGTH);
    }

    /** The queue, and messages that have a header of RDMAP's own; their buffers are as long as those. */
    private static int checkUntagged(final MemorySegment segment, final long offset, final int opcode,
        final int control, final int length) {
        if (queueNumber(segment, offset) != RdmapOpcode.queueNumber(opcode)) {
            return TerminateCode.QUEUE_NUMBER;
        }
        if (RdmapOpcode.isSend(opcode)) {
            return TerminateCode.NONE;
        }
        if (messageOffset(segment, offset) != 0) {
            return TerminateCode.MESSAGE_OFFSET;
        }
        if (opcode == RdmapOpcode.TERMINATE) {
            return length < TerminateHeader.CONTROL_LENGTH
                ? TerminateCode.STREAM_CATASTROPHIC : TerminateCode.NONE;
        }
        final int fixedLength = RdmapOpcode.fixedLength(opcode);
        if (length > fixedLength || (control & LAST) == 0) {
            return TerminateCode.MESSAGE_TOO_LONG;
        }
        return length < fixedLength ? TerminateCode.STREAM_CATASTROPHIC : TerminateCode.NONE;
    }
}
