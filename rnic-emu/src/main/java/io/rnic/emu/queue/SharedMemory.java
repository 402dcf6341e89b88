package io.rnic.emu.queue;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.BitUtil;

/**
 * Where every shared structure comes from: blocks of a power of two bytes, aligned to {@value #ALIGNMENT}, cut from
 * slabs for blocks of that size, so that those of many queue pairs lie close to each other. A block that is given back
 * is used again but never unmapped while the device lives, so that a late access of a thread that did not notice a
 * close can never crash the JVM.
 */
public final class SharedMemory {
    /** Blocks begin at multiples of this: two cache lines, which processors may fetch as a pair. */
    public static final int ALIGNMENT = 128;

    private static final long FIRST_SLAB_BYTES = 1 << 16;
    private static final long LAST_SLAB_BYTES = 1 << 20;
    private static final int SIZES = 31;

    private final Arena arena = Arena.ofAuto();
    private final List<Size> sizes = Stream.generate(Size::new).limit(SIZES).toList();
    private long bytesInUse;

    /** The blocks of one size. */
    private static final class Size {
        final Deque<Block> free = new ArrayDeque<>();
        /** What the next blocks are cut from. */
        MemorySegment rest = MemorySegment.NULL;
        /** Each slab is twice as long as the one before, up to the longest. */
        long slabBytes = FIRST_SLAB_BYTES;
    }

    /** An allocator that holds nothing yet. */
    public SharedMemory() {
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
        final Block reused = sizes.get(Integer.numberOfTrailingZeros(size)).free.poll();
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
        final Size blocks = sizes.get(Integer.numberOfTrailingZeros(size));
        if (size >= LAST_SLAB_BYTES) {
            return arena.allocate(size, ALIGNMENT);
        }
        if (blocks.rest.byteSize() == 0) {
            final long slab = Math.max(size, blocks.slabBytes);
            blocks.rest = arena.allocate(slab, ALIGNMENT);
            blocks.slabBytes = Math.min(2 * slab, LAST_SLAB_BYTES);
        }
        final MemorySegment cut = blocks.rest.asSlice(0, size);
        blocks.rest = blocks.rest.asSlice(size);
        return cut;
    }

    /** Takes a block back; nobody may use it any more. */
    public synchronized void release(final Block block) {
        sizes.get(Long.numberOfTrailingZeros(block.bytes())).free.add(block);
        bytesInUse -= block.bytes();
    }

    /** The bytes of all blocks that are in use. */
    public synchronized long bytesInUse() {
        return bytesInUse;
    }
}
