package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;

/**
 * What an RDMA Read Request has behind its DDP header (RFC 5040 §4.4).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                   sink STag: where it goes                    |
 *   +---------------------------------------------------------------+
 *   |                      sink tagged offset                       |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   |                         size in bytes                         |
 *   +---------------------------------------------------------------+
 *   |                 source STag: where it is read                 |
 *   +---------------------------------------------------------------+
 *   |                     source tagged offset                      |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class ReadRequestHeader {
    /** The asking side's region, 4 bytes. */
    public static final int SINK_STAG_OFFSET = 0;
    /** Where in it, 8 bytes. */
    public static final int SINK_TAGGED_OFFSET_OFFSET = 4;
    /** How many bytes, 4 bytes, unsigned. */
    public static final int SIZE_OFFSET = 12;
    /** The answering side's region, 4 bytes. */
    public static final int SOURCE_STAG_OFFSET = 16;
    /** Where in it, 8 bytes. */
    public static final int SOURCE_TAGGED_OFFSET_OFFSET = 20;
    /** The header's bytes. */
    public static final int LENGTH = 28;

    private ReadRequestHeader() {
    }

    /** Writes all of it. */
    public static void write(final MemorySegment segment, final long offset, final int sinkStag,
        final long sinkTaggedOffset, final int size, final int sourceStag, final long sourceTaggedOffset) {
        Bytes.putInt(segment, offset + SINK_STAG_OFFSET, sinkStag);
        Bytes.putLong(segment, offset + SINK_TAGGED_OFFSET_OFFSET, sinkTaggedOffset);
        Bytes.putInt(segment, offset + SIZE_OFFSET, size);
        Bytes.putInt(segment, offset + SOURCE_STAG_OFFSET, sourceStag);
        Bytes.putLong(segment, offset + SOURCE_TAGGED_OFFSET_OFFSET, sourceTaggedOffset);
    }

    /** The asking side's region. */
    public static int sinkStag(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + SINK_STAG_OFFSET);
    }

    /** Where in it. */
    public static long sinkTaggedOffset(final MemorySegment segment, final long offset) {
        return Bytes.getLong(segment, offset + SINK_TAGGED_OFFSET_OFFSET);
    }

    /** How many bytes, up to 2^32 - 1. */
    public static long size(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + SIZE_OFFSET) & 0xFFFF_FFFFL;
    }

    /** The answering side's region. */
    public static int sourceStag(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + SOURCE_STAG_OFFSET);
    }

    /** Where in it. */
    public static long sourceTaggedOffset(final MemorySegment segment, final long offset) {
        return Bytes.getLong(segment, offset + SOURCE_TAGGED_OFFSET_OFFSET);
    }
}
