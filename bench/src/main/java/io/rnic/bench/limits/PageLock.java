package io.rnic.bench.limits;

import io.rnic.bench.run.Samples;
import io.rnic.emu.host.Pinner;
import io.rnic.emu.host.Pinning;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Locks memory and unlocks it again, the way a registration does it. */
final class PageLock implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Pinner pinner = new Pinner(Pinning.LOCKED, Long.MAX_VALUE);
    private final MemorySegment memory;

    PageLock(final int maxPages) {
        // Filled, so that what is timed is the locking and not the first touch of the pages.
        memory = arena.allocate((long) maxPages * pinner.pageSize(), pinner.pageSize()).fill((byte) 1);
    }

    /**
     * The time of locking and unlocking so many pages.
     *
     * @throws io.rnic.verbs.RnicException LOCKED_MEMORY_LIMIT if this process may not lock that many
     */
    Samples time(final int pages, final long durationNs) {
        return Batches.time(() -> lockAndUnlock(pages), 1, durationNs);
    }

    /** False where the system has no call for it: then memory is only counted. */
    boolean available() {
        final Pinner.Pin pin = pinner.pin(memory.address(), 1);
        pin.release();
        return pin.locked();
    }

    private void lockAndUnlock(final int pages) {
        pinner.pin(memory.address(), (long) pages * pinner.pageSize()).release();
    }

    @Override
    public void close() {
        arena.close();
    }
}
