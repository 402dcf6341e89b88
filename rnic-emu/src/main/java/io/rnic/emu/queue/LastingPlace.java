package io.rnic.emu.queue;

import io.rnic.emu.host.LastingMemory;
import java.lang.foreign.MemorySegment;

/**
 * A place in memory that lasts, with how many bytes there are from it on, as one word:
 *
 * <pre>
 *   address 0-55 | bytes up to the memory's end, {@value #MOST} at most 56-63      0: no such place
 * </pre>
 */
final class LastingPlace {
    /** What a message in a completion needs at most. */
    private static final long MOST = CompletionLayout.MAX_PAYLOAD_BYTES;
    private static final int ROOM = 56;

    private LastingPlace() {
    }

    /** The place at an address of a segment; none if the memory does not last or ends before it. */
    static long of(final MemorySegment segment, final long address) {
        final long offset = address - segment.address();
        return LastingMemory.is(segment) && offset >= 0 && offset < segment.byteSize() && address >>> ROOM == 0
            ? address | Math.min(segment.byteSize() - offset, MOST) << ROOM : 0;
    }

    static long address(final long place) {
        return place & (1L << ROOM) - 1;
    }

    /** So many bytes may be put there. */
    static long room(final long place) {
        return place >>> ROOM;
    }
}
