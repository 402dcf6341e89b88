package io.rnic.bench.peers;

import io.rnic.bench.limits.CacheLine;
import io.rnic.bench.run.ExperimentException;

/** What all round trips have in common, so that they are the same work. */
final class RoundTrips {
    /** Round trips between two looks at the clock. */
    static final int BATCH = CacheLine.BATCH;

    /** A message. Its first eight bytes are its sequence number, from 1. */
    static final int MESSAGE_BYTES = 32;

    private RoundTrips() {
    }

    /** Fails the experiment: what arrived is not what was to come. */
    static ExperimentException wrongSequence(final long expected, final long arrived) {
        return new ExperimentException("message " + expected + " was to arrive, and " + arrived + " did");
    }
}
