package io.rnic.bench.perftest;

import org.jspecify.annotations.Nullable;

/** One kind of request, as a stream of it. */
interface Flow {
    /** A measurement is about to begin; the other side does not know yet. */
    default void prepare() {
    }

    /** Whether the other side lets one more request go to queue pair i now. */
    default boolean isOpen(final int i) {
        return true;
    }

    /** Posts a request to queue pair i. */
    void post(int i, int bytes, boolean signalled);

    /**
     * Client: all is posted, and the last request of each queue pair is signalled; waits until all is where it belongs,
     * and tells the server that it is over.
     *
     * @param iterations in all
     * @return when all was where it belongs ({@link System#nanoTime})
     */
    long conclude(Idle idle, long iterations);

    /** Server: takes part until the client tells that it is over. */
    @Nullable Row serve(int bytes);
}
