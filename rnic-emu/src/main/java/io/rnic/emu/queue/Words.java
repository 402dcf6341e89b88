package io.rnic.emu.queue;

import java.lang.foreign.MemorySegment;
import org.agrona.UnsafeApi;

/**
 * Loads and stores of words of shared memory by their addresses: plain, acquire and release. What Agrona's {@code
 * UnsafeBuffer} does, for native memory only: with one load less and one branch less at each access, of which a post
 * makes some thirty; and who keeps the address has no object between itself and the memory, which with many queue pairs
 * would be a cache miss more. Nothing is checked: offsets come from layouts, other addresses were checked before, and
 * who uses them holds the memory.
 */
public final class Words {
    /** Bytes of the longest copy. */
    public static final int MAX_COPY_BYTES = 64;

    private static final int WORD = Long.BYTES;

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

    /**
     * Copies a few bytes from one address to another, which may overlap: all are read before the first is written. The
     * last ones are written last.
     *
     * @param length from 1 to {@link #MAX_COPY_BYTES}
     */
    public static void copy(final long from, final long to, final int length) {
        // Words from the beginning and words up to the end, which overlap unless the length is a multiple of the words'
        // sizes: so there are few cases, and no loop.
        if (length > 4 * WORD) {
            copyEightWords(from, to, length - WORD);
        } else if (length > 2 * WORD) {
            copyFourWords(from, to, length - WORD);
        } else if (length > WORD) {
            final long first = word(from);
            final long last = word(from + length - WORD);
            putWord(to, first);
            putWord(to + length - WORD, last);
        } else if (length == WORD) {
            putWord(to, word(from));
        } else {
            copyBytes(from, to, length);
        }
    }

    /** From 16 bytes on; the last word begins at {@code end}, also below. */
    private static void copyFourWords(final long from, final long to, final int end) {
        final long first = word(from);
        final long second = word(from + WORD);
        final long third = word(from + end - WORD);
        final long last = word(from + end);
        putWord(to, first);
        putWord(to + WORD, second);
        putWord(to + end - WORD, third);
        putWord(to + end, last);
    }

    private static void copyEightWords(final long from, final long to, final int end) {
        final long first = word(from);
        final long second = word(from + WORD);
        final long third = word(from + 2 * WORD);
        final long fourth = word(from + 3 * WORD);
        final long fifth = word(from + end - 3 * WORD);
        final long sixth = word(from + end - 2 * WORD);
        final long seventh = word(from + end - WORD);
        final long last = word(from + end);
        putWord(to, first);
        putWord(to + WORD, second);
        putWord(to + 2 * WORD, third);
        putWord(to + 3 * WORD, fourth);
        putWord(to + end - 3 * WORD, fifth);
        putWord(to + end - 2 * WORD, sixth);
        putWord(to + end - WORD, seventh);
        putWord(to + end, last);
    }

    /** Up to 7 bytes, by way of a word. */
    private static void copyBytes(final long from, final long to, final int length) {
        long bytes = 0;
        for (int at = 0; at < length; at++) {
            bytes |= (getByte(from + at) & 0xFFL) << (Byte.SIZE * at);
        }
        for (int at = 0; at < length; at++) {
            putByte(to + at, (byte) (bytes >>> (Byte.SIZE * at)));
        }
    }

    private static long word(final long address) {
        return UnsafeApi.getLongUnaligned(null, address);
    }

    private static void putWord(final long address, final long value) {
        UnsafeApi.putLongUnaligned(null, address, value);
    }

    /** Compares and sets 4 bytes. */
    public static boolean compareAndSetInt(final long address, final int expected, final int value) {
        return UnsafeApi.compareAndSetInt(null, address, expected, value);
    }
}
