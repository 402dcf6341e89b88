package io.rnic.verbs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where a thread waits for completions without polling ({@code ibv_create_comp_channel(3)}). */
public interface CompletionChannel extends AutoCloseable {
    /**
     * Waits for the next event of an armed completion queue ({@code ibv_get_cq_event(3)}).
     *
     * @param timeout how long at most; zero only looks
     * @return the queue whose event it is, or null when the time ran out
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws RnicException        CLOSED if the channel is or gets closed
     */
    @Nullable CompletionQueue await(Duration timeout) throws InterruptedException;

    /**
     * Destroys the channel.
     *
     * @throws RnicException BUSY while completion queues use it; CLOSED if it is closed
     */
    @Override
    void close();
}
