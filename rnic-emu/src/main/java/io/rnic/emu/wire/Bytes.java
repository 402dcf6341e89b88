package io.rnic.emu.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers in network byte order, at any offset. */
final class Bytes {
    private static final ValueLayout.OfShort SHORT =
        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Bytes() {
    }

    static int getByte(final MemorySegment segment, final long offset) {
        return segment.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
    }

    static void putByte(final MemorySegment segment, final long offset, final int value) {
        segment.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    }

    static int getShort(final MemorySegment segment, final long offset) {
        return segment.get(SHORT, offset) & 0xFFFF;
    }

    static void putShort(final MemorySegment segment, final long offset, final int value) {
        segment.set(SHORT, offset, (short) value);
    }

    static int getInt(final MemorySegment segment, final long offset) {
        return segment.get(INT, offset);
    }

    static void putInt(final MemorySegment segment, final long offset, final int value) {
        segment.set(INT, offset, value);
    }

    static long getLong(final MemorySegment segment, final long offset) {
        return segment.get(LONG, offset);
    }

    static void putLong(final MemorySegment segment, final long offset, final long value) {
        segment.set(LONG, offset, value);
    }
}
