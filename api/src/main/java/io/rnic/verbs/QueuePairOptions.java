package io.rnic.verbs;

/**
 * What a queue pair is created with ({@code struct ibv_qp_init_attr}).
 *
 * @param sendCompletionQueue    where its send requests report
 * @param receiveCompletionQueue where its receives report
 * @param maxSendRequests        send requests that may be outstanding: posted and not yet known to be done from a
 *                               polled completion of it or of a later one
 * @param maxReceiveRequests     receives that may be outstanding
 * @param maxSendSges            pieces of memory that one send request may gather
 * @param maxReceiveSges         pieces of memory over which one receive may be scattered
 * @param maxInlineBytes         bytes that a request may carry in itself
 * @param signalAll              whether every send request makes a completion ({@code sq_sig_all})
 * @param access                 bits of {@link Access}: what the peer may do through it at most, whatever the regions
 *                               allow ({@code qp_access_flags}); only those that begin with REMOTE count
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
        int access) {

    /** 128 requests each way, 1 piece of memory each, 64 bytes inline, signalled where it is asked for, any access. */
    public static QueuePairOptions of(final CompletionQueue completionQueue) {
        return of(completionQueue, completionQueue);
    }

    /** As {@link #of(CompletionQueue)}, with a completion queue each for sends and receives. */
    public static QueuePairOptions of(final CompletionQueue send, final CompletionQueue receive) {
        return new QueuePairOptions(send, receive, 128, 128, 1, 1, 64, false, Access.bits(Access.values()));
    }

    /** The same with that many outstanding requests. */
    public QueuePairOptions withRequests(final int sends, final int receives) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, sends, receives, maxSendSges,
            maxReceiveSges, maxInlineBytes, signalAll, access);
    }

    /** The same with that many pieces of memory in a request. */
    public QueuePairOptions withSges(final int sendSges, final int receiveSges) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, maxSendRequests, maxReceiveRequests,
            sendSges, receiveSges, maxInlineBytes, signalAll, access);
    }

    /** The same with that many inline bytes. */
    public QueuePairOptions withInlineBytes(final int inlineBytes) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, maxSendRequests, maxReceiveRequests,
            maxSendSges, maxReceiveSges, inlineBytes, signalAll, access);
    }

    /** The same with every send request signalled, or only those that say so. */
    public QueuePairOptions withSignalAll(final boolean all) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, maxSendRequests, maxReceiveRequests,
            maxSendSges, maxReceiveSges, maxInlineBytes, all, access);
    }

    /** The same, but the peer may do through it no more than that. */
    public QueuePairOptions withAccess(final Access... allowed) {
        return new QueuePairOptions(sendCompletionQueue, receiveCompletionQueue, maxSendRequests, maxReceiveRequests,
            maxSendSges, maxReceiveSges, maxInlineBytes, signalAll, Access.bits(allowed));
    }
}
