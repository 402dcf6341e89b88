package io.rnic.verbs;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A send queue and a receive queue, connected reliably to one peer ({@code ibv_create_qp(3)}, type RC over iWARP).
 *
 * <p>Several threads may post at the same time; while one thread posts, no lock is taken. Requests of one queue
 * complete in the order in which they were posted.
 */
public interface QueuePair extends AutoCloseable {
    /** Its number on the device, from 1. */
    int number();

    /**
     * Its state now.
     *
     * @throws RnicException CLOSED
     */
    QueuePairState state();

    /**
     * Why it went to ERROR: the check that failed, what was asked for, the region's own, the request. The same on the
     * side that asked and on the side that refused. Null if it did not fail since it was created or reset.
     *
     * @throws RnicException CLOSED
     */
    @Nullable Diagnosis diagnosis();

    /**
     * How many send requests can be posted now before the queue is full.
     *
     * @throws RnicException CLOSED
     */
    int sendSpace();

    /**
     * How many receives can be posted now before the queue is full; 0 with a shared receive queue.
     *
     * @throws RnicException CLOSED
     */
    int receiveSpace();

    /**
     * Posts a request to the send queue ({@code ibv_post_send(3)}). The request may be reused as soon as it returns,
     * its memory only when it completed (inline data: as soon as it returns).
     *
     * <p>In ERROR a post succeeds and completes as FLUSHED: that is how a sender learns that the peer has gone.
     *
     * @throws PostException QUEUE_FULL; INVALID_STATE before the queue pair is connected; INVALID_ARGUMENT for too many
     *                       pieces, too much inline data, a message over the device's limit; CLOSED
     */
    void postSend(SendRequest request);

    /**
     * Posts the first {@code count} requests of a list, which costs less than one by one. The NIC may begin before the
     * last of them is posted.
     *
     * @throws PostException as {@link #postSend(SendRequest)}: the requests before {@link PostException#index} are
     *                       posted
     */
    void postSend(SendRequest[] requests, int count);

    /**
     * Posts a receive ({@code ibv_post_recv(3)}); allowed from INIT on. The message's bytes are there when its
     * completion has been polled, or when its region has been deregistered, not before.
     *
     * @throws PostException QUEUE_FULL; INVALID_STATE; INVALID_ARGUMENT for too many pieces, and for a queue pair with
     *                       a shared receive queue; CLOSED
     */
    void postReceive(ReceiveRequest request);

    /**
     * Posts the first {@code count} receives of a list and tells the NIC once.
     *
     * @throws PostException as {@link #postReceive(ReceiveRequest)}: those before {@link PostException#index} are
     *                       posted
     */
    void postReceive(ReceiveRequest[] requests, int count);

    /**
     * Asks for a connection and returns at once.
     *
     * @param remote      where the peer listens
     * @param privateData handed to the peer's application, up to {@link DeviceAttributes#maxPrivateData} bytes
     * @throws RnicException INVALID_STATE unless in INIT; INVALID_ARGUMENT for too much private data or an address that
     *                       this device's link does not reach; POLICY; CONNECTION_REFUSED when nobody listens there
     */
    ConnectionAttempt beginConnect(InetSocketAddress remote, byte[] privateData);

    /**
     * Connects and waits until the peer accepted.
     *
     * @param remote      where the peer listens
     * @param privateData handed to the peer's application
     * @param timeout     how long to wait for the peer's application
     * @return the private data that the peer accepted with
     * @throws RejectedException    if the peer rejected
     * @throws RnicException        as {@link #beginConnect}; TIMED_OUT
     * @throws InterruptedException if the thread is interrupted while it waits; the attempt is withdrawn
     */
    default byte[] connect(final InetSocketAddress remote, final byte[] privateData, final Duration timeout)
        throws InterruptedException {
        try (ConnectionAttempt attempt = beginConnect(remote, privateData)) {
            return attempt.await(timeout);
        }
    }

    /**
     * Ends the connection, in RTS or SQD ({@code rdma_disconnect(3)}): both sides go to ERROR and flush what is
     * outstanding; {@link AsyncEventType#DISCONNECTED} tells both.
     *
     * @throws RnicException INVALID_STATE if it is not connected
     */
    void disconnect();

    /**
     * Moves the queue pair to another state ({@code ibv_modify_qp(3)}): from any to ERROR or RESET (a connected one is
     * disconnected), from RESET to INIT, from RTS to SQD and back. To RTS it comes from INIT by connecting only.
     *
     * <p>In SQD what is posted to the send queue waits, and what was begun goes on;
     * {@link AsyncEventType#SQ_DRAINED} tells when it is done. On loopback that is so when this returns; over TCP Reads
     * may be outstanding then. A connection that ends before is told in its stead.
     *
     * @throws RnicException INVALID_STATE for any other step, and nothing has changed then; BUSY for a reset while a
     *                       completion handler of its queues has not returned for 10 s: reset it again when it has
     */
    void modify(QueuePairState target);

    /**
     * Changes several things at once, all or none ({@code ibv_modify_qp(3)}): the state, as
     * {@link #modify(QueuePairState)} says, and how many RDMA Reads and atomics may be outstanding, in INIT up to what
     * the device can do, in SQD up to what was agreed on with the peer.
     *
     * @throws RnicException INVALID_ARGUMENT for a number that is not allowed, or nothing to change; INVALID_STATE for
     *                       a step or a state that does not allow it; nothing has changed then
     */
    void modify(QueuePairChange change);

    /**
     * What it is and how it stands ({@code ibv_query_qp(3)}).
     *
     * @throws RnicException CLOSED
     */
    QueuePairAttributes query();

    /**
     * Destroys the queue pair; a connected one is disconnected. Its unpolled completions vanish, for which it waits
     * until no thread is in a completion handler of its queues.
     *
     * @throws RnicException CLOSED if it is closed; INVALID_STATE from inside such a handler; BUSY if one has not
     *                       returned for 10 s: close it again when it has
     */
    @Override
    void close();
}
