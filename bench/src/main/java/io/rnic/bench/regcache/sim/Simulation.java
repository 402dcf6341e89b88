package io.rnic.bench.regcache.sim;

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

    /** What was counted. */
    Tally tally();
}
