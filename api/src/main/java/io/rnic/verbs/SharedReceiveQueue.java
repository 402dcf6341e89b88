package io.rnic.verbs;

/**
 * Receives that several queue pairs of one protection domain take from, in the order in which they were posted,
 * whichever gets a message ({@code ibv_create_srq(3)}). The completions arrive in the completion queues of the queue
 * pairs that took them; each frees its own slot as soon as it is polled.
 *
 * <p>A queue pair that goes to ERROR flushes none of the shared receives; its
 * {@link AsyncEventType#QP_LAST_WQE_REACHED} tells that it takes none any more.
 */
public interface SharedReceiveQueue extends AutoCloseable {
    /** Its number on the device, from 1. */
    int number();

    /**
     * Posts a receive ({@code ibv_post_srq_recv(3)}), in any state of its queue pairs.
     *
     * @throws PostException QUEUE_FULL; INVALID_ARGUMENT for too many pieces; CLOSED
     */
    void postReceive(ReceiveRequest request);

    /**
     * Posts the first {@code count} receives of a list.
     *
     * @throws PostException as {@link #postReceive(ReceiveRequest)}: those before {@link PostException#index} are
     *                       posted
     */
    void postReceive(ReceiveRequest[] requests, int count);

    /**
     * How many receives can be posted now before the queue is full.
     *
     * @throws RnicException CLOSED
     */
    int space();

    /**
     * Arms the limit ({@code ibv_modify_srq(3)}, {@code IBV_SRQ_LIMIT}): when the next receive is taken that leaves
     * fewer than {@code limit}, one {@link AsyncEventType#SRQ_LIMIT_REACHED} comes, and the limit is disarmed.
     *
     * @param limit receives, up to what the queue holds; 0 disarms
     * @throws RnicException INVALID_ARGUMENT; CLOSED
     */
    void armLimit(int limit);

    /**
     * What it is and how it stands ({@code ibv_query_srq(3)}).
     *
     * @throws RnicException CLOSED
     */
    SharedReceiveQueueAttributes query();

    /**
     * Destroys the queue; its receives vanish.
     *
     * @throws RnicException BUSY while queue pairs use it, and then nothing has happened; CLOSED if it is closed
     */
    @Override
    void close();
}
