package io.rnic.emu.queue;

import java.lang.foreign.MemorySegment;
import org.agrona.UnsafeApi;

/**
 * Loads and stores of words of shared memory by their addresses: plain, acquire and release. What Agrona's {@code
 * UnsafeBuffer} does, for native memory only: with one load less and one branch less at each access, of which a post
 * makes some thirty; and who keeps the address has no object between itself and the memory, which with many queue pairs
 * would be a cache miss more. Nothing is checked; offsets come from layouts, and who uses them holds the memory.
 */
public final class Words {
    private Words() {
    }

    /** Where the words of a native segment begin, whose memory the caller keeps. */
    public static long address(final MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("words of a heap segment");
        }
        return segment.address();
    }

    /** A plain load of 8 bytes. */
    public static long getLong(final long address) {
        return UnsafeApi.getLong(address);
    }

    /** A plain load of 4 bytes. */
    public static int getInt(final long address) {
        return UnsafeApi.getInt(address);
    }

    /** A plain load of a byte. */
    public static byte getByte(final long address) {
        return UnsafeApi.getByte(address);
    }

    /** A plain store of a byte. */
    public static void putByte(final long address, final byte value) {
        UnsafeApi.putByte(address, value);
    }

    /** A plain store of 8 bytes. */
    public static void putLong(final long address, final long value) {
        UnsafeApi.putLong(address, value);
    }

    /** A plain store of 4 bytes. */
    public static void putInt(final long address, final int value) {
        UnsafeApi.putInt(address, value);
    }

    /** A volatile load of 8 bytes. */
    public static long getLongVolatile(final long address) {
        return UnsafeApi.getLongVolatile(null, address);
    }

    /** A volatile load of 4 bytes. */
    public static int getIntVolatile(final long address) {
        return UnsafeApi.getIntVolatile(null, address);
    }

    /** A release store of 8 bytes. */
    public static void putLongRelease(final long address, final long value) {
        UnsafeApi.putLongRelease(null, address, value);
    }

    /** A volatile store of 4 bytes. */
    public static void putIntVolatile(final long address, final int value) {
        UnsafeApi.putIntVolatile(null, address, value);
    }

    /** Compares and sets 4 bytes. */
    public static boolean compareAndSetInt(final long address, final int expected, final int value) {
        return UnsafeApi.compareAndSetInt(null, address, expected, value);
    }
}
