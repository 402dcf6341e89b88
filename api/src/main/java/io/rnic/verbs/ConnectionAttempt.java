package io.rnic.verbs;

import java.time.Duration;

/** A connection that was asked for and is not yet answered ({@code rdma_connect(3)}). */
public interface ConnectionAttempt extends AutoCloseable {
    /**
     * Waits for the peer's answer.
     *
     * @param timeout how long at most; when it runs out the attempt is withdrawn
     * @return the private data that the peer accepted with, empty if none
     * @throws RejectedException    if the peer rejected
     * @throws RnicException        TIMED_OUT; CONNECTION_REFUSED if the listener closed meanwhile; CLOSED if the
     *                              attempt was withdrawn
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    byte[] await(Duration timeout) throws InterruptedException;

    /** Withdraws the attempt if it is not yet answered; else does nothing. Harmless when repeated. */
    @Override
    void close();
}
