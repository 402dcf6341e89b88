package io.rnic.emu.queue;

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
        return new QueueBlocks(
            memory.allocate((long) slots(limits.maxSendRequests())
                * SendSlotLayout.stride(limits.maxSendSges(), limits.maxInlineBytes())),
            memory.allocate((long) slots(limits.maxReceiveRequests())
                * ReceiveSlotLayout.stride(limits.maxReceiveSges())),
            memory.allocate(DoorbellLayout.BYTES));
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

    /** Bytes of shared memory on the host. */
    public long bytes() {
        return send.bytes() + receive.bytes() + doorbell.bytes();
    }
}
