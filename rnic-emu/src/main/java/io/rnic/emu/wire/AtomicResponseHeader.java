package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;

/**
 * What an Atomic Response has behind its DDP header (RFC 7306 §5.2.2).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                 the request's identifier                      |
 *   +---------------------------------------------------------------+
 *   |                 what was there before                         |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class AtomicResponseHeader {
    /** The request's identifier, 4 bytes. */
    public static final int IDENTIFIER_OFFSET = 0;
    /** What was there before, 8 bytes. */
    public static final int ORIGINAL_OFFSET = 4;
    /** The header's bytes. */
    public static final int LENGTH = 12;

    private AtomicResponseHeader() {
    }

    /** Writes all of it. */
    public static void write(
        final MemorySegment segment, final long offset, final int identifier, final long original) {
        Bytes.putInt(segment, offset + IDENTIFIER_OFFSET, identifier);
        Bytes.putLong(segment, offset + ORIGINAL_OFFSET, original);
    }

    /** The request's identifier. */
    public static int identifier(final MemorySegment segment, final long offset) {
        return Bytes.getInt(segment, offset + IDENTIFIER_OFFSET);
    }

    /** What was there before. */
    public static long original(final MemorySegment segment, final long offset) {
        return Bytes.getLong(segment, offset + ORIGINAL_OFFSET);
    }
}
