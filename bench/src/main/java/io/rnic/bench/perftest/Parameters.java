package io.rnic.bench.perftest;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What both sides must agree on.
 *
 * @param test       which
 * @param bytes      of a message; 0 for all powers of two from 2^1 to 2^23
 * @param iterations of each queue pair; 0 if it goes by time
 * @param seconds    how long; 0 if it goes by iterations
 * @param queuePairs how many carry data
 */
record Parameters(PerfTest test, int bytes, int iterations, int seconds, int queuePairs) {
    /** The longest message that may be asked for. */
    static final int MAX_BYTES = 1 << 30;
    static final int MIN_ITERATIONS = 5;
    static final int MAX_ITERATIONS = 100_000_000;
    static final int MAX_SECONDS = 86_400;
    static final int MAX_QUEUE_PAIRS = 1024;

    private static final int LAST_POWER = 23;

    /** The sizes of messages, in turn. */
    List<Integer> sizes() {
        return bytes != 0 ? List.of(bytes)
            : IntStream.rangeClosed(1, LAST_POWER).mapToObj(power -> 1 << power).toList();
    }

    /** The longest of them. */
    int maxBytes() {
        return sizes().getLast();
    }

    /** Whether it goes by time. */
    boolean isTimed() {
        return seconds != 0;
    }

    /** How far a measurement goes. */
    Span span() {
        return isTimed() ? Span.ofSeconds(seconds) : Span.ofIterations(iterations);
    }

    /** Whether these can be: of another side nothing is believed. */
    boolean areAllowed() {
        return bytes >= 0 && bytes <= MAX_BYTES && isIn(queuePairs, 1, MAX_QUEUE_PAIRS)
            && (isTimed() ? iterations == 0 && isIn(seconds, 1, MAX_SECONDS)
                : isIn(iterations, MIN_ITERATIONS, MAX_ITERATIONS));
    }

    private static boolean isIn(final int value, final int min, final int max) {
        return value >= min && value <= max;
    }

    /** As they are given on the command line. */
    @Override
    public String toString() {
        return test.label() + (bytes == 0 ? " -a" : " -s " + bytes)
            + (isTimed() ? " -D " + seconds : " -n " + iterations) + " -q " + queuePairs;
    }
}
