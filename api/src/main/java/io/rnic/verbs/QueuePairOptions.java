package io.rnic.verbs;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a queue pair is created with ({@code struct ibv_qp_init_attr}).
 *
 * @param sendCompletionQueue    where its send requests report
 * @param receiveCompletionQueue where its receives report
 * @param maxSendRequests        send requests that may be outstanding: posted and not yet known to be done from a
 *                               polled completion of it or of a later one
 * @param maxReceiveRequests     receives that may be outstanding; of no meaning with a shared receive queue
 * @param maxSendSges            pieces of memory that one send request may gather
 * @param maxReceiveSges         pieces of memory over which one receive may be scattered; of no meaning with a shared
 *                               receive queue
 * @param maxInlineBytes         bytes that a request may carry in itself
 * @param signalAll              whether every send request makes a completion ({@code sq_sig_all})
 * @param access                 bits of {@link Access}: what the peer may do through it at most, whatever the regions
 *                               allow ({@code qp_access_flags}); only those that begin with REMOTE count
 * @param sharedReceiveQueue     where its receives come from, null for a receive queue of its own
 * @param ord                    RDMA Reads and atomics that it may have outstanding at the peer
 *                               ({@code max_rd_atomic}); connecting agrees on no more than the peer answers, and what
 *                               is posted beyond waits. With 0 they are refused by a LOCAL_QP_OPERATION_ERROR
 * @param ird                    RDMA Reads and atomics that it answers at a time ({@code max_dest_rd_atomic})
 */
public record QueuePairOptions(
        CompletionQueue sendCompletionQueue,
        CompletionQueue receiveCompletionQueue,
        int maxSendRequests,
        int maxReceiveRequests,
        int maxSendSges,
        int maxReceiveSges,
        int maxInlineBytes,
        boolean signalAll,
        int access,
        @Nullable SharedReceiveQueue sharedReceiveQueue,
        int ord,
        int ird) {

    /**
     * 128 requests each way, 1 piece of memory each, 64 bytes inline, 16 RDMA Reads each way, signalled where it is
     * asked for, any access.
     */
    public static QueuePairOptions of(final CompletionQueue completionQueue) {
        return of(completionQueue, completionQueue);
    }

    /** As {@link #of(CompletionQueue)}, with a completion queue each for sends and receives. */
    public static QueuePairOptions of(final CompletionQueue send, final CompletionQueue receive) {
        return new QueuePairOptions(Objects.requireNonNull(send, "send completion queue"),
            Objects.requireNonNull(receive, "receive completion queue"), 128, 128, 1, 1, 64, false,
            Access.bits(Access.values()), null, 16, 16);
    }

    /** The same with that many outstanding requests. */
    public QueuePairOptions withRequests(final int sends, final int receives) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, sends, receives, maxSendSges,
            maxReceiveSges, maxInlineBytes, signalAll, access, sharedReceiveQueue, ord, ird);
    }

    /** The same with that many pieces of memory in a request. */
    public QueuePairOptions withSges(final int sendSges, final int receiveSges) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, maxSendRequests, maxReceiveRequests,
            sendSges, receiveSges, maxInlineBytes, signalAll, access, sharedReceiveQueue, ord, ird);
    }

    /** The same with that many inline bytes. */
    public QueuePairOptions withInlineBytes(final int inlineBytes) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, maxSendRequests, maxReceiveRequests,
            maxSendSges, maxReceiveSges, inlineBytes, signalAll, access, sharedReceiveQueue, ord, ird);
    }

    /** The same with every send request signalled, or only those that say so. */
    public QueuePairOptions withSignalAll(final boolean all) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, maxSendRequests, maxReceiveRequests,
            maxSendSges, maxReceiveSges, maxInlineBytes, all, access, sharedReceiveQueue, ord, ird);
    }

    /** The same, but the peer may do through it no more than that. */
    public QueuePairOptions withAccess(final Access... allowed) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, maxSendRequests, maxReceiveRequests,
            maxSendSges, maxReceiveSges, maxInlineBytes, signalAll, Access.bits(allowed), sharedReceiveQueue, ord, ird);
    }

    /** The same with receives that come from a shared queue of the same protection domain. */
    public QueuePairOptions withSharedReceiveQueue(final SharedReceiveQueue queue) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, maxSendRequests, maxReceiveRequests,
            maxSendSges, maxReceiveSges, maxInlineBytes, signalAll, access, queue, ord, ird);
    }

    /** The same with that many RDMA Reads and atomics outstanding at the peer, and answered at a time. */
    public QueuePairOptions withReads(final int outstanding, final int answered) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, maxSendRequests, maxReceiveRequests,
            maxSendSges, maxReceiveSges, maxInlineBytes, signalAll, access, sharedReceiveQueue, outstanding, answered);
    }
}
