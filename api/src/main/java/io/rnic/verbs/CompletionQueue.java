package io.rnic.verbs;

/** Where requests report that they are done ({@code ibv_create_cq(3)}). */
public interface CompletionQueue extends AutoCloseable {
    /** How many unpolled completions it holds at most; at least what was asked for. */
    int capacity();

    /**
     * Hands up to {@code limit} completions to the handler and returns how many ({@code ibv_poll_cq(3)}). Waits for no
     * completion, allocates nothing. Several threads may poll; handlers of one queue run one at a time, so a poll waits
     * for one of another thread that is in its handler. A handler may post,
     * arm and disconnect. It may not poll or close this queue, nor close or modify its queue pairs: that is refused. Of
     * other queues it must not do so either: two handlers that wait for each other's queue wait for ever. Whether
     * completions that arrive while the handler runs are handed over by this call or the next is not said.
     *
     * @param handler takes them; if it throws, the completion it was given counts as taken
     * @param limit   how many at most, from 1
     * @return how many were handed over, 0 if none is there
     * @throws RnicException COMPLETION_QUEUE_OVERRUN once the queue overran; CLOSED; INVALID_STATE when called from
     *                       inside a handler of this queue
     */
    int poll(CompletionHandler handler, int limit);

    /**
     * Arms the channel: the next completion to arrive makes one event ({@code ibv_req_notify_cq(3)}). To lose no
     * wake-up, arm, then poll until empty, then wait.
     *
     * @throws RnicException INVALID_STATE if the queue was created without a channel
     */
    default void requestNotification() {
        requestNotification(false);
    }

    /**
     * As {@link #requestNotification()}, or for solicited completions alone: receives of messages that were sent {@link
     * SendRequest#solicited solicited}, and all errors. Arming for solicited ones does not take back that the queue is
     * armed for any.
     *
     * @param solicitedOnly whether only a solicited completion makes the event
     * @throws RnicException INVALID_STATE if the queue was created without a channel
     */
    void requestNotification(boolean solicitedOnly);

    /**
     * Changes how many completions it holds ({@code ibv_resize_cq(3)}); those that are unpolled stay, in order. Threads
     * may poll and requests complete meanwhile. An armed queue with unpolled completions makes its event at once.
     *
     * @param capacity completions that it must hold unpolled from now on, from 1
     * @throws RnicException INVALID_ARGUMENT beyond the device's attributes, or for less than are unpolled;
     *                       DEVICE_LIMIT; COMPLETION_QUEUE_OVERRUN once the queue overran; INVALID_STATE when called
     *                       from inside a handler of this queue; BUSY if one in another thread has not returned for
     *                       10 s; CLOSED. Nothing has changed then.
     */
    void resize(int capacity);

    /**
     * What it is and how it stands.
     *
     * @throws RnicException CLOSED
     */
    CompletionQueueAttributes query();

    /**
     * Destroys the queue.
     *
     * @throws RnicException BUSY while queue pairs use it, or if a handler in another thread has not returned for 10 s,
     *                       and then nothing has happened; INVALID_STATE from inside a handler; CLOSED if it is closed
     */
    @Override
    void close();
}
