package io.rnic.emu.queue;

import io.rnic.verbs.RnicException;
import org.agrona.BitUtil;

/**
 * The shared memory of one queue pair.
 *
 * @param send     slots of the send queue ({@link SendSlotLayout})
 * @param receive  slots of the receive queue ({@link ReceiveSlotLayout})
 * @param doorbell its doorbell page ({@link DoorbellLayout})
 */
public record QueueBlocks(SharedMemory.Block send, SharedMemory.Block receive, SharedMemory.Block doorbell) {
    /** Allocates what a queue pair of these limits needs. */
    public static QueueBlocks allocate(final SharedMemory memory, final QueueLimits limits) {
        final SharedMemory.Block send = memory.allocate((long) slots(limits.maxSendRequests())
            * SendSlotLayout.stride(limits.maxSendSges(), limits.maxInlineBytes()));
        try {
            final SharedMemory.Block receive = memory.allocate((long) slots(limits.maxReceiveRequests())
                * ReceiveSlotLayout.stride(limits.maxReceiveSges()));
            return new QueueBlocks(send, receive, memory.allocate(DoorbellLayout.BYTES));
        } catch (final RnicException e) {
            memory.release(send);
            throw e;
        }
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
