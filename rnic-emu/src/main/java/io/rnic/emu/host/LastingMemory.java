package io.rnic.emu.host;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that stays as long as anybody refers to its segment: native memory of {@link Arena#ofAuto}, which nobody can
 * close. Not of a file, which may be truncated, nor of {@link Arena#global}, by which foreign memory is known that
 * somebody has mapped; a segment that was reinterpreted is what its caller says.
 *
 * <p>Whoever keeps such a segment, and has checked offset and length once, may use its addresses without asking at each
 * access whether it is still there: a copy of 32 bytes is some 25 instructions then, in the place of the JDK's 120.
 */
public final class LastingMemory {
    private static final Class<?> AUTO = Arena.ofAuto().scope().getClass();

    private LastingMemory() {
    }

    /** Whether the memory of that segment is such; false if that can't be told. */
    public static boolean is(final MemorySegment segment) {
        return SegmentCopy.isNative(segment) && segment.scope().getClass() == AUTO;
    }
}
