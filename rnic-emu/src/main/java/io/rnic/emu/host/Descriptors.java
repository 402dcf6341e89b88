package io.rnic.emu.host;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** File descriptors of this process. */
public final class Descriptors {
    /** Bytes of a {@code struct pollfd}: descriptor, what is asked for, what there is. */
    public static final int POLL_BYTES = 8;

    private static final short POLLOUT = 4;

    private Descriptors() {
    }

    /**
     * Whether a socket has room for much: for a third of its buffer ({@code poll(2)}). True too if it is broken.
     *
     * @param scratch of {@link #POLL_BYTES}, aligned to 4
     */
    public static boolean hasRoom(final int descriptor, final MemorySegment scratch) {
        scratch.set(ValueLayout.JAVA_INT, 0, descriptor);
        scratch.set(ValueLayout.JAVA_INT, Integer.BYTES, POLLOUT);
        return Libc.poll(scratch) != 0;
    }

    /** Another descriptor of the same file ({@code dup(2)}), below 0 if there is none. */
    public static int duplicate(final int descriptor) {
        return Libc.duplicate(descriptor);
    }
}
