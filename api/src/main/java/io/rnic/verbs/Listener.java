package io.rnic.verbs;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Takes connection requests on a port ({@code rdma_listen(3)}). */
public interface Listener extends AutoCloseable {
    /** Where it listens, with the port that was picked if 0 was asked for. */
    InetSocketAddress address();

    /**
     * Waits for the next connection request ({@code rdma_get_request(3)}).
     *
     * @param timeout how long at most; zero only looks
     * @return the request, or null when the time ran out
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws RnicException        CLOSED if the listener is or gets closed
     */
    @Nullable ConnectionRequest await(Duration timeout) throws InterruptedException;

    /**
     * Stops listening; requests that were not answered are refused.
     *
     * @throws RnicException CLOSED if it is closed
     */
    @Override
    void close();
}
