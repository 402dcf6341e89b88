package io.rnic.emu.queue;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.agrona.BitUtil;
import org.jspecify.annotations.Nullable;

/**
 * Where every shared structure comes from: blocks of a power of two bytes, aligned to {@value #ALIGNMENT}, cut from
 * slabs. A block that is given back is used again but never unmapped while the device lives, so that a late access of a
 * thread that did not notice a close can never crash the JVM.
 */
public final class SharedMemory {
    /** Blocks begin at multiples of this: two cache lines, which processors may fetch as a pair. */
    public static final int ALIGNMENT = 128;

    private static final long SLAB_BYTES = 1 << 20;
    private static final int SIZE_CLASSES = 31;

    private final Arena arena = Arena.ofAuto();
    private final List<Deque<Block>> free = new ArrayList<>();
    private @Nullable MemorySegment slab;
    private long used;
    private long bytesInUse;

    /** An allocator that holds nothing yet. */
    public SharedMemory() {
        for (int i = 0; i < SIZE_CLASSES; i++) {
            free.add(new ArrayDeque<>());
        }
    }

    /**
     * A piece of shared memory.
     *
     * @param segment for copies of bytes
     */
    public record Block(MemorySegment segment) {
        /** Where it begins, for counters and fields ({@link Words}). */
        public long address() {
            return Words.address(segment);
        }

        /** Its length in bytes. */
        public long bytes() {
            return segment.byteSize();
        }
    }

    /**
     * Allocates a block of at least that many bytes, all zero.
     *
     * @throws RnicException DEVICE_LIMIT for more than 1 GiB, or when there is no native memory for it
     */
    public synchronized Block allocate(final long bytes) {
        if (bytes > 1 << 30) {
            throw new RnicException(RnicError.DEVICE_LIMIT, "a queue of " + bytes
                + " bytes is too long; allowed: 1 GiB");
        }
        final int size = Math.max(ALIGNMENT, BitUtil.findNextPositivePowerOfTwo((int) bytes));
        final Block reused = free.get(Integer.numberOfTrailingZeros(size)).poll();
        if (reused != null) {
            reused.segment.fill((byte) 0);
            bytesInUse += size;
            return reused;
        }
        try {
            final Block cut = new Block(cut(size));
            bytesInUse += size;
            return cut;
        } catch (final OutOfMemoryError e) {
            throw new RnicException(RnicError.DEVICE_LIMIT, "no native memory for a queue of " + size
                + " bytes; close something or raise -XX:MaxDirectMemorySize");
        }
    }

    private MemorySegment cut(final int size) {
        if (size >= SLAB_BYTES) {
            return arena.allocate(size, ALIGNMENT);
        }
        MemorySegment current = slab;
        if (current == null || current.byteSize() - used < size) {
            current = arena.allocate(SLAB_BYTES, ALIGNMENT);
            slab = current;
            used = 0;
        }
        final MemorySegment cut = current.asSlice(used, size);
        used += size;
        return cut;
    }

    /** Takes a block back; nobody may use it any more. */
    public synchronized void release(final Block block) {
        free.get(Long.numberOfTrailingZeros(block.bytes())).add(block);
        bytesInUse -= block.bytes();
    }

    /** The bytes of all blocks that are in use. */
    public synchronized long bytesInUse() {
        return bytesInUse;
    }
}
