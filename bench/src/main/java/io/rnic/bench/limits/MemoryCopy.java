package io.rnic.bench.limits;

import io.rnic.bench.run.Samples;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Copies native memory, source and target each of the size that is copied: what fits stays in the cache. */
final class MemoryCopy implements AutoCloseable {
    private static final int BATCH_BYTES = 256 * 1024;
    private static final int ALIGNMENT = 4096;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment source;
    private final MemorySegment target;

    MemoryCopy(final int maxBytes) {
        source = arena.allocate(maxBytes, ALIGNMENT).fill((byte) 1);
        target = arena.allocate(maxBytes, ALIGNMENT).fill((byte) 2);
    }

    /** The time of one copy of that size. */
    Samples time(final int bytes, final long durationNs) {
        final int copies = Math.max(1, BATCH_BYTES / bytes);
        return Batches.time(() -> copy(bytes, copies), copies, durationNs);
    }

    private void copy(final int bytes, final int copies) {
        for (int i = 0; i < copies; i++) {
            MemorySegment.copy(source, 0, target, 0, bytes);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
