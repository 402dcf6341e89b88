package io.rnic.verbs;

/**
 * What an asynchronous event tells ({@code enum ibv_event_type}, with the same codes): those that an iWARP NIC without
 * ports that come and go has a use for; and what {@code enum rdma_cm_event_type} has for a connection that was made,
 * with the codes there and 256 above.
 */
public enum AsyncEventType {
    /** A completion queue overran: a completion is lost and the queue unusable ({@code IBV_EVENT_CQ_ERR}). */
    CQ_ERR(0, CompletionQueue.class),
    /**
     * A queue pair went to ERROR because a request of its own failed, or because one of its completions was lost
     * ({@code IBV_EVENT_QP_FATAL}).
     */
    QP_FATAL(1, QueuePair.class),
    /**
     * A queue pair went to ERROR because the peer's request was not valid, for instance a Send without a receive
     * ({@code IBV_EVENT_QP_REQ_ERR}).
     */
    QP_REQ_ERR(2, QueuePair.class),
    /**
     * A queue pair went to ERROR because the peer's request named memory that it may not use
     * ({@code IBV_EVENT_QP_ACCESS_ERR}).
     */
    QP_ACCESS_ERR(3, QueuePair.class),
    /**
     * A queue pair was moved to {@link QueuePairState#SQD} and what it had begun to send is done
     * ({@code IBV_EVENT_SQ_DRAINED}).
     */
    SQ_DRAINED(5, QueuePair.class),
    /**
     * A message took a receive of a shared receive queue, and fewer than its armed limit are left
     * ({@code IBV_EVENT_SRQ_LIMIT_REACHED}).
     */
    SRQ_LIMIT_REACHED(15, SharedReceiveQueue.class),
    /**
     * A queue pair with a shared receive queue is in ERROR and takes no receive any more
     * ({@code IBV_EVENT_QP_LAST_WQE_REACHED}).
     */
    QP_LAST_WQE_REACHED(16, QueuePair.class),
    /**
     * A queue pair went to ERROR because its connection was ended ({@code RDMA_CM_EVENT_DISCONNECTED}): by either
     * side's {@link QueuePair#disconnect} or {@link QueuePair#modify}, or because the peer is closed or has failed by
     * itself. A queue pair whose own failure ended the connection gets what tells of that instead.
     */
    DISCONNECTED(256 + 10, QueuePair.class);

    private final int code;
    private final Class<? extends AutoCloseable> kind;

    AsyncEventType(final int code, final Class<? extends AutoCloseable> kind) {
        this.code = code;
        this.kind = kind;
    }

    /** The code of {@code enum ibv_event_type}. */
    public int code() {
        return code;
    }

    /** What kind of object such an event is about. */
    public Class<? extends AutoCloseable> kind() {
        return kind;
    }

    /**
     * The type with that code.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static AsyncEventType of(final int code) {
        for (final AsyncEventType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("unknown asynchronous event: code=" + code);
    }
}
