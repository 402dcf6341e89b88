package io.rnic.emu;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;

/**
 * The NIC's own memory, for contexts and translations (paper, §III-A). It is accounted, not filled: what an object
 * would take on a board is charged when it is created.
 */
public final class OnBoardMemory {
    /** Context of a queue pair: state, peer, positions, queue addresses. */
    public static final int QUEUE_PAIR_BYTES = 256;
    /** Context of a completion queue. */
    public static final int COMPLETION_QUEUE_BYTES = 64;
    /** Context of a shared receive queue. */
    public static final int SHARED_RECEIVE_QUEUE_BYTES = 64;
    /** Entry of the STag table: of a region or a window. */
    public static final int REGION_BYTES = 64;
    /** One page's translation. */
    public static final int TRANSLATION_BYTES = 8;

    private final long limit;
    private long used;

    OnBoardMemory(final long limit) {
        this.limit = limit;
    }

    /** Takes memory for {@code what}, or refuses and takes none. */
    synchronized void charge(final long bytes, final String what) {
        if (bytes > limit - used) {
            throw new RnicException(RnicError.DEVICE_LIMIT, "no on-board memory for " + what + ": it needs " + bytes
                + " bytes, " + (limit - used) + " of " + limit + " are free; close something or raise onBoardMemory");
        }
        used += bytes;
    }

    synchronized void release(final long bytes) {
        used -= bytes;
    }

    /** The bytes in use. */
    public synchronized long used() {
        return used;
    }
}
