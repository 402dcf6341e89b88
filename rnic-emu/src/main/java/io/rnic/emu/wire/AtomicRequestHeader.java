package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;

/**
 * What an Atomic Request has behind its DDP header (RFC 7306 §5.2.1).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------------------------------+-------+
 *   |                           0                           |AOpCode|
 *   +-------------------------------------------------------+-------+
 *   |          request identifier: the answer repeats it            |
 *   +---------------------------------------------------------------+
 *   |                             STag                              |
 *   +---------------------------------------------------------------+
 *   |                 tagged offset: a multiple of 8                |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   |                   what to add, or to swap in                  |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   |                           its mask                            |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   |                   what must be there for a swap               |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   |                           its mask                            |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class AtomicRequestHeader {
    /** What to do, 4 bits at the end of 4 bytes. */
    public static final int OPERATION_OFFSET = 0;
    /** What the answer repeats, 4 bytes. */
    public static final int IDENTIFIER_OFFSET = 4;
    /** The region, 4 bytes. */
    public static final int STAG_OFFSET = 8;
    /** Where in it, 8 bytes. */
    public static final int TAGGED_OFFSET_OFFSET = 12;
    /** What to add or swap in, 8 bytes. */
    public static final int OPERAND_OFFSET = 20;
    /** Its mask, 8 bytes. */
    public static final int OPERAND_MASK_OFFSET = 28;
    /** What must be there, 8 bytes. */
    public static final int COMPARAND_OFFSET = 36;
    /** Its mask, 8 bytes. */
    public static final int COMPARAND_MASK_OFFSET = 44;
    /** The header's bytes. */
    public static final int LENGTH = 52;

    /** AOpCode: fetch and add. */
    public static final int FETCH_ADD = 0;
    /** AOpCode: compare and swap. */
    public static final int COMPARE_SWAP = 2;

    /** The mask of a comparand or swap that is all 64 bits. */
    public static final long ALL_BITS = -1L;
    /** The mask of an addend that is one number of 64 bits; a set bit would stop the carry there. */
    public static final long ONE_ADDEND = 0L;

    private AtomicRequestHeader() {
    }

    /** Writes all of it. */
    public static void write(final MemorySegment segment, final long offset, final int operation, final int identifier,
        final int stag, final long taggedOffset, final long operand, final long operandMask, final long comparand,
        final long comparandMask) {
        Bytes.putInt(segment, offset + OPERATION_OFFSET, operation & 0xF);
        Bytes.putInt(segment, offset + IDENTIFIER_OFFSET, identifier);
        Bytes.putInt(segment, offset + STAG_OFFSET, stag);
        Bytes.putLong(segment, offset + TAGGED_OFFSET_OFFSET, taggedOffset);
        Bytes.putLong(segment, offset + OPERAND_OFFSET, operand);
        Bytes.putLong(segment, offset + OPERAND_MASK_OFFSET, operandMask);
        Bytes.putLong(segment, offset + COMPARAND_OFFSET, comparand);
        Bytes.putLong(segment, offset + COMPARAND_MASK_OFFSET, comparandMask);
    }

    /** Writes the request to fetch 8 bytes and add to them, as one number. */
    public static void writeFetchAdd(final MemorySegment segment, final long offset, final int identifier,
        final int stag, final long taggedOffset, final long addend) {
        write(segment, offset, FETCH_ADD, identifier, stag, taggedOffset, addend, ONE_ADDEND, 0, ALL_BITS);
    }

    /** Writes the request to fetch 8 bytes and swap all of them, if all of them are the comparand. */
    public static void writeCompareSwap(final MemorySegment segment, final long offset, final int identifier,
        final int stag, final long taggedOffset, final long comparand, final long swapped) {
        write(segment, offset, COMPARE_SWAP, identifier, stag, taggedOffset, swapped, ALL_BITS, comparand, ALL_BITS);
    }

    /** What to do: {@link #FETCH_ADD}, {@link #COMPARE_SWAP}, or what nobody knows. */
    public static int operation(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + OPERATION_OFFSET) & 0xF;
    }

    /** What the answer repeats. */
    public static int identifier(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + IDENTIFIER_OFFSET);
    }

    /** The region. */
    public static int stag(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + STAG_OFFSET);
    }

    /** Where in it. */
    public static long taggedOffset(final MemorySegment segment, final long offset) {
        return Bytes.getLong(segment, offset + TAGGED_OFFSET_OFFSET);
    }

    /** What to add or swap in. */
    public static long operand(final MemorySegment segment, final long offset) {
        return Bytes.getLong(segment, offset + OPERAND_OFFSET);
    }

    /** Its mask. */
    public static long operandMask(final MemorySegment segment, final long offset) {
        return Bytes.getLong(segment, offset + OPERAND_MASK_OFFSET);
    }

    /** What must be there. */
    public static long comparand(final MemorySegment segment, final long offset) {
        return Bytes.getLong(segment, offset + COMPARAND_OFFSET);
    }

    /** Its mask. */
    public static long comparandMask(final MemorySegment segment, final long offset) {
        return Bytes.getLong(segment, offset + COMPARAND_MASK_OFFSET);
    }
}
