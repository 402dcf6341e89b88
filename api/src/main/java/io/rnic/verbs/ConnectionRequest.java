package io.rnic.verbs;

/** Somebody asks for a connection: answer by {@link #accept} or {@link #reject}, once. */
public interface ConnectionRequest {
    /** The private data that came with it, empty if none. */
    byte[] privateData();

    /**
     * How many RDMA Reads and atomics the asking side would have outstanding ({@code initiator_depth}, RFC 6581 §9.1):
     * accepting agrees on no more than the accepting queue pair answers.
     */
    int ord();

    /**
     * How many RDMA Reads and atomics the asking side answers at a time ({@code responder_resources}): accepting agrees
     * on no more for the accepting queue pair.
     */
    int ird();

    /**
     * Accepts: both queue pairs are connected (RTS) when it returns ({@code rdma_accept(3)}).
     *
     * @param queuePair   in INIT, of the same device
     * @param privateData handed to the asking application
     * @throws RnicException INVALID_STATE if the request is answered already or the queue pair is not in INIT;
     *                       TIMED_OUT if the asking side has given up; INVALID_ARGUMENT for too much private data, or
     *                       for the asking queue pair itself
     */
    void accept(QueuePair queuePair, byte[] privateData);

    /**
     * Rejects ({@code rdma_reject(3)}).
     *
     * @param privateData handed to the asking application
     * @throws RnicException INVALID_STATE if the request is answered already; INVALID_ARGUMENT for too much private
     *                       data
     */
    void reject(byte[] privateData);
}
