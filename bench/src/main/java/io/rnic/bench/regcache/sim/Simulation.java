package io.rnic.bench.regcache.sim;

import java.util.List;

/** A cache that registers nothing, and counts what it would cost. For one thread at a time. */
public interface Simulation {
    /**
     * A request.
     *
     * @param offset of its first byte
     * @param length in bytes, from 1
     * @throws LimitException if the limit is smaller than what the request needs at once
     */
    void request(long offset, long length);

    /**
     * A request of one of several processes, from 0. Where one cache serves all, that tells nothing.
     *
     * @throws LimitException as above
     */
    default void request(final long offset, final long length, final int process) {
        request(offset, length);
    }

    /** What was counted. */
    Tally tally();

    /** The same by process, where each has a cache of its own; otherwise none. */
    default List<Tally> processes() {
        return List.of();
    }
}
