package io.rnic.verbs;

import java.lang.foreign.MemorySegment;

/** A set of memory regions and queue pairs that may use each other ({@code ibv_alloc_pd(3)}). */
public interface ProtectionDomain extends AutoCloseable {
    /**
     * Registers memory with the NIC: its pages are pinned, translated and given keys.
     *
     * @param segment native memory of a shared, automatic or global arena, from 1 byte on; the pages that it touches
     *                are pinned whole. It may be longer than 4 GiB.
     *                Its arena may be closed while it is registered: requests that name it end in an error then.
     *                Short messages (Sends of up to 40 bytes, Writes of up to 64) may be copied faster from and to
     *                memory of {@code Arena.ofAuto}: nobody can close it, so nothing checks that it is still there.
     * @param access  what is allowed beyond local reading
     * @throws RnicException INVALID_ARGUMENT for a heap, confined, empty or closed segment, for a read-only one with
     *                       LOCAL_WRITE, and for REMOTE_WRITE or REMOTE_ATOMIC without LOCAL_WRITE;
     *                       LOCKED_MEMORY_LIMIT, POLICY or DEVICE_LIMIT where a limit is reached
     */
    MemoryRegion registerMemory(MemorySegment segment, Access... access);

    /**
     * Allocates a memory window of type 2, bound to nothing ({@code ibv_alloc_mw(3)}).
     *
     * @throws RnicException DEVICE_LIMIT
     */
    MemoryWindow allocateMemoryWindow();

    /**
     * Creates a reliable connected queue pair in state {@link QueuePairState#INIT} ({@code rdma_create_qp(3)}).
     *
     * @throws RnicException INVALID_ARGUMENT where an option is beyond the device's attributes, a completion queue is
     *                       another device's, or a shared receive queue another domain's; DEVICE_LIMIT
     */
    QueuePair createQueuePair(QueuePairOptions options);

    /**
     * Creates a shared receive queue ({@code ibv_create_srq(3)}).
     *
     * @param receives receives that may be outstanding, from 1
     * @param sges     pieces of memory over which one receive may be scattered, from 1
     * @throws RnicException INVALID_ARGUMENT beyond the device's attributes; DEVICE_LIMIT; CLOSED
     */
    SharedReceiveQueue createSharedReceiveQueue(int receives, int sges);

    /**
     * What it holds now.
     *
     * @throws RnicException CLOSED
     */
    ProtectionDomainAttributes query();

    /**
     * Deallocates the domain.
     *
     * @throws RnicException BUSY while regions, windows, queue pairs or shared receive queues use it; CLOSED if it is
     *                       closed
     */
    @Override
    void close();
}
