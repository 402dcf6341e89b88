package io.rnic.verbs;

/**
 * What the device can do and how it is set ({@code ibv_query_device(3)}).
 *
 * @param device               its name
 * @param threading            who does the NIC's work: {@code invoker} or {@code dedicated}
 * @param link                 what its queue pairs are connected by: {@code loopback}, {@code tcp}, or by the
 *                             address that is connected to: {@code auto}
 * @param pinning              {@code locked} when registered memory is really locked, {@code accounted} when only
 *                             counted
 * @param crossing             what a crossing into the kernel is
 * @param maxQueuePairs        queue pairs at most
 * @param maxCompletionQueues  completion queues at most
 * @param maxMemoryRegions     memory regions (STags) at most
 * @param maxRequests          requests that a queue may be created for
 * @param maxCompletions       completions that a completion queue may be created for
 * @param maxSges              pieces of memory in a request
 * @param maxInlineBytes       inline bytes in a request
 * @param maxMessageBytes      the longest message, in bytes
 * @param maxPrivateData       private data of a connection, in bytes (RFC 5044 §7.1, RFC 6581 §9)
 * @param maxOrd               RDMA Reads and atomics that a queue pair may have outstanding
 *                             ({@code max_qp_init_rd_atom})
 * @param maxIrd               RDMA Reads and atomics that a queue pair answers at a time ({@code max_qp_rd_atom})
 * @param onBoardMemoryBytes   on-board memory for contexts and translations
 * @param pageBytes            the page size by which memory is pinned and translated
 */
public record DeviceAttributes(
        String device,
        String threading,
        String link,
        String pinning,
        String crossing,
        int maxQueuePairs,
        int maxCompletionQueues,
        int maxMemoryRegions,
        int maxRequests,
        int maxCompletions,
        int maxSges,
        int maxInlineBytes,
        int maxMessageBytes,
        int maxPrivateData,
        int maxOrd,
        int maxIrd,
        long onBoardMemoryBytes,
        int pageBytes) {
}
