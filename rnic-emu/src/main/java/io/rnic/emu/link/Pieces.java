package io.rnic.emu.link;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in several places that leave by one gathered write (writev(2)), and the list of them as the system reads it:
 *
 * <pre>
 *    0        8        16
 *   | address | length | address | length | ...        struct iovec, of the machine's byte order
 * </pre>
 */
final class Pieces {
    /** Of one write. */
    static final int MAX = 64;
    private static final int ENTRY_BYTES = 16;

    private final @Nullable MemorySegment[] sources = new MemorySegment[MAX];
    private final long[] offsets = new long[MAX];
    private final int[] lengths = new int[MAX];
    private final MemorySegment vector = Arena.ofAuto().allocate((long) MAX * ENTRY_BYTES, Long.BYTES);
    private int count;

    int count() {
        return count;
    }

    void add(final MemorySegment source, final long offset, final int length) {
        sources[count] = source;
        offsets[count] = offset;
        lengths[count] = length;
        count++;
    }

    /** Takes all back but so many. */
    void keep(final int first) {
        Arrays.fill(sources, first, count, null); // or they would keep memory that the application has dropped
        count = first;
    }

    private MemorySegment source(final int index) {
        return Objects.requireNonNull(sources[index]);
    }

    /** Whether the memory of all is still there. */
    boolean areAlive() {
        for (int i = 0; i < count; i++) {
            if (!source(i).scope().isAlive()) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes they are together. */
    long bytes() {
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += lengths[i];
        }
        return total;
    }

    /** The address of the list. */
    long vector() {
        for (int i = 0; i < count; i++) {
            final long at = (long) i * ENTRY_BYTES;
            vector.set(ValueLayout.JAVA_LONG, at, source(i).address() + offsets[i]);
            vector.set(ValueLayout.JAVA_LONG, at + Long.BYTES, lengths[i]);
        }
        return vector.address();
    }

    /** Each as a segment. */
    MemorySegment[] segments() {
        final MemorySegment[] segments = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            segments[i] = source(i).asSlice(offsets[i], lengths[i]);
        }
        return segments;
    }

    /** Copies what is behind so many bytes. */
    void copyRest(final long done, final Backlog to) throws IOException {
        long passed = done;
        for (int i = 0; i < count; i++) {
            final long skipped = Math.min(passed, lengths[i]);
            passed -= skipped;
            if (skipped < lengths[i]) {
                to.add(source(i), offsets[i] + skipped, (int) (lengths[i] - skipped));
            }
        }
    }
}
