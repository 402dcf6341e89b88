package io.rnic.bench.perftest;

/**
 * How far a measurement goes.
 *
 * @param iterations of each queue pair; {@link Long#MAX_VALUE} if it goes by time
 * @param durationNs {@link Long#MAX_VALUE} if it goes by iterations
 */
record Span(long iterations, long durationNs) {
    private static final double NS_PER_SECOND = 1e9;

    static Span ofIterations(final long iterations) {
        return new Span(iterations, Long.MAX_VALUE);
    }

    static Span ofSeconds(final double seconds) {
        return new Span(Long.MAX_VALUE, (long) (seconds * NS_PER_SECOND));
    }

    /** Whether it goes by time. */
    boolean isTimed() {
        return iterations == Long.MAX_VALUE;
    }

    /** Whether there is more to do after so many iterations, begun at that time; one there always is. */
    boolean isOpen(final long done, final long startNs) {
        return isTimed() ? done == 0 || System.nanoTime() - startNs < durationNs : done < iterations;
    }
}
