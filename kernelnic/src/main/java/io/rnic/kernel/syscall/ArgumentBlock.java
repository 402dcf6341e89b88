package io.rnic.kernel.syscall;

import io.rnic.emu.host.SegmentCopy;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * The memory through which arguments and results pass: written from the beginning, then read from the beginning. Every
 * read is checked against what was written or copied in, so a block that lies about its length is found out.
 */
public final class ArgumentBlock {
    /** A block's length in bytes: the longest list that crosses at once. */
    public static final int BYTES = 1 << 16;

    private final MemorySegment segment = Arena.ofAuto().allocate(BYTES, 64);
    private final long address = Words.address(segment);
    private int position;
    private int limit;

    /** An empty block. */
    public ArgumentBlock() {
    }

    /** Makes it empty, to be written. */
    public ArgumentBlock clear() {
        position = 0;
        limit = 0;
        return this;
    }

    /** Copies another's content, to be read from its beginning: the kernel's copy in and copy out. */
    public void copyFrom(final ArgumentBlock other) {
        final int length = other.limit;
        if (length < 0 || length > BYTES) {
            throw corrupt("a length of " + length);
        }
        SegmentCopy.copy(other.segment, 0, segment, 0, length);
        limit = length;
        position = 0;
    }

    /** Adds an int. */
    public ArgumentBlock putInt(final int value) {
        return putLong(value);
    }

    /** Adds a long. */
    public ArgumentBlock putLong(final long value) {
        final int at = grow(Long.BYTES);
        Words.putLong(address + at, value);
        return this;
    }

    /** Adds bytes with their count. */
    public ArgumentBlock putBytes(final byte[] bytes) {
        putLong(bytes.length);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, grow(bytes.length), bytes.length);
        return this;
    }

    /** Adds a text. */
    public ArgumentBlock putText(final String text) {
        return putBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Makes room for {@code bytes} more, raised to a multiple of 8, and returns where it begins. */
    public int grow(final int bytes) {
        if (bytes < 0 || bytes > BYTES - limit) {
            throw corrupt("no room for " + bytes + " bytes behind " + limit);
        }
        final int at = limit;
        limit = Math.min(BYTES, align(limit + bytes));
        if (at + bytes < limit) {
            segment.asSlice(at + bytes, limit - at - bytes).fill((byte) 0); // what was there is nobody's business
        }
        return at;
    }

    /** The same for a multiple of 8. */
    int growWhole(final int bytes) {
        if (bytes > BYTES - limit) {
            throw corrupt("no room for " + bytes + " bytes behind " + limit);
        }
        final int at = limit;
        limit += bytes;
        return at;
    }

    /** How many bytes are left to be read. */
    int left() {
        return limit - position;
    }

    /** The address of what is read next. */
    public long next() {
        return address + position;
    }

    /** Passes over a multiple of 8 bytes that are {@link #left}. */
    public void skip(final int bytes) {
        assert bytes >= 0 && bytes <= left() : "not left";
        position += bytes;
    }

    /** The address of what is added next. */
    long end() {
        return address + limit;
    }

    /** How many bytes more it can take. */
    public int room() {
        return BYTES - limit;
    }

    /** Reads an int. */
    public int getInt() {
        final long value = getLong();
        if (value != (int) value) {
            throw corrupt("an int of " + value);
        }
        return (int) value;
    }

    /** Reads a long. */
    public long getLong() {
        return Words.getLong(address + take(Long.BYTES));
    }

    /** Reads bytes. */
    public byte[] getBytes() {
        final int length = getInt();
        final int at = take(length);
        final byte[] bytes = new byte[length];
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, bytes, 0, length);
        return bytes;
    }

    /** Reads a text. */
    public String getText() {
        return new String(getBytes(), StandardCharsets.UTF_8);
    }

    /** Passes over {@code bytes} that are there, raised to a multiple of 8, and returns where they begin. */
    public int take(final int bytes) {
        if (bytes < 0 || bytes > limit - position) {
            throw corrupt(bytes + " bytes at " + position + " of " + limit);
        }
        final int at = position;
        position = Math.min(limit, align(position + bytes));
        return at;
    }

    /** Where the memory begins, for records that are read and written field by field. */
    public long address() {
        return address;
    }

    /** The memory, for copies of bytes. */
    public MemorySegment segment() {
        return segment;
    }

    private static int align(final int bytes) {
        return (bytes + 7) & ~7;
    }

    private static RnicException corrupt(final String what) {
        return new RnicException(RnicError.INVALID_ARGUMENT, "malformed argument block: " + what);
    }
}
