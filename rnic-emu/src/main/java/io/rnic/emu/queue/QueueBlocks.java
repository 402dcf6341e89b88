package io.rnic.emu.queue;

import io.rnic.verbs.RnicException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.agrona.BitUtil;

/**
 * The shared memory of one queue pair.
 *
 * @param send     slots of the send queue ({@link SendSlotLayout})
 * @param receive  slots of the receive queue ({@link ReceiveSlotLayout})
 * @param doorbell its doorbell page ({@link DoorbellLayout})
 */
public record QueueBlocks(SharedMemory.Block send, SharedMemory.Block receive, SharedMemory.Block doorbell) {
    /**
     * Allocates what a queue pair of these limits needs.
     *
     * @throws RnicException DEVICE_LIMIT; nothing is left behind then
     */
    public static QueueBlocks allocate(final SharedMemory memory, final QueueLimits limits) {
        return allocate(memory::allocate, memory::release, limits);
    }

    /** The same from any allocator. */
    static QueueBlocks allocate(final LongFunction<SharedMemory.Block> allocator,
        final Consumer<SharedMemory.Block> releaser, final QueueLimits limits) {
        final long[] lengths = {
            (long) slots(limits.maxSendRequests())
                * SendSlotLayout.stride(limits.maxSendSges(), limits.maxInlineBytes()),
            (long) slots(limits.maxReceiveRequests()) * ReceiveSlotLayout.stride(limits.maxReceiveSges()),
            DoorbellLayout.BYTES};
        final List<SharedMemory.Block> blocks = new ArrayList<>();
        try {
            for (final long length : lengths) {
                blocks.add(allocator.apply(length));
            }
        } catch (final RnicException e) {
            blocks.forEach(releaser);
            throw e;
        }
        return new QueueBlocks(blocks.get(0), blocks.get(1), blocks.get(2));
    }

    /** Slots of a ring for that many requests: the next power of two. */
    public static int slots(final int requests) {
        return BitUtil.findNextPositivePowerOfTwo(requests);
    }

    /** Gives the memory back. */
    public void release(final SharedMemory memory) {
        memory.release(send);
        memory.release(receive);
        memory.release(doorbell);
    }
}
