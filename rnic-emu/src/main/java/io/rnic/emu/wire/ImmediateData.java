package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;

/** What immediate data has behind its DDP header: 8 bytes, in network byte order as one number (RFC 7306 §6.2). */
public final class ImmediateData {
    /** Its bytes. */
    public static final int LENGTH = 8;

    private ImmediateData() {
    }

    /** Writes it. */
    public static void write(final MemorySegment segment, final long offset, final long value) {
        Bytes.putLong(segment, offset, value);
    }

    /** The number. */
    public static long value(final MemorySegment segment, final long offset) {
        return Bytes.getLong(segment, offset);
    }
}
