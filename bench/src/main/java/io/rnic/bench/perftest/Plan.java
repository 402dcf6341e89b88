package io.rnic.bench.perftest;

/**
 * How this side goes about it, which the other one need not know.
 *
 * @param depth         requests that a queue pair may have outstanding
 * @param peak          whether the peak is looked for
 * @param warmUpSeconds how long messages go before the first measurement, by a client
 */
record Plan(int depth, boolean peak, double warmUpSeconds) {
    /** As perftest has it, for streams. */
    static final int DEFAULT_DEPTH = 128;
    /** Outstanding in tests of latency, where a request is waited for before the next one. */
    static final int LATENCY_DEPTH = 4;
    /** With more iterations perftest does not look for the peak. */
    static final int PEAK_ITERATIONS = 20_000;

    private static final int MODERATION = 100;
    /** Beyond such a message perftest has every request signalled. */
    private static final int MODERATED_BYTES = 8192;

    /** Every how many requests one is signalled. */
    int signalEvery(final Parameters parameters) {
        return parameters.bytes() > MODERATED_BYTES ? 1 : Math.min(MODERATION, depth);
    }
}
