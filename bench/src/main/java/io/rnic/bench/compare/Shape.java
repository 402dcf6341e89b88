package io.rnic.bench.compare;

/**
 * How an endpoint is made.
 *
 * @param areaBytes   each of its two areas: what it sends from, and what its peer writes to
 * @param depth       send requests that may be outstanding
 * @param signalEvery every how many send requests one is signalled; divides {@code depth}
 * @param receives    receives that are kept posted
 */
record Shape(int areaBytes, int depth, int signalEvery, int receives) {
    /** At least this much, so that a stream of messages does not stay on one cache line; it stays in the cache. */
    private static final int MIN_AREA_BYTES = 128 * 1024;

    private static final int LATENCY_DEPTH = 256;
    private static final int LATENCY_RECEIVES = 16;
    private static final int STREAM_DEPTH = 64;
    private static final int STREAM_SIGNAL_EVERY = 16;

    /** For one message at a time: signalled so rarely that fewer than 1 % of the samples hold a poll for it. */
    static Shape pingPong(final int maxBytes) {
        return new Shape(area(maxBytes), LATENCY_DEPTH, LATENCY_DEPTH / 2, LATENCY_RECEIVES);
    }

    /** For one request at a time whose completion is waited for. */
    static Shape synchronous(final int maxBytes) {
        return new Shape(area(maxBytes), 1, 1, 1);
    }

    /** For many messages at a time. */
    static Shape stream(final int maxBytes) {
        return new Shape(area(maxBytes), STREAM_DEPTH, STREAM_SIGNAL_EVERY, STREAM_DEPTH);
    }

    private static int area(final int maxBytes) {
        return Math.max(maxBytes, MIN_AREA_BYTES);
    }
}
