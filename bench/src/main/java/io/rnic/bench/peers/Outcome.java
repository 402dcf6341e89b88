package io.rnic.bench.peers;

import io.rnic.bench.run.ExperimentException;

/**
 * What one run of a test gave, and its form in a line between two JVMs: both numbers, a space between them.
 *
 * @param value     in the test's unit, above zero
 * @param allocated bytes that the test's threads allocated for an operation
 */
record Outcome(double value, double allocated) {
    Outcome {
        if (!Double.isFinite(value) || value <= 0 || !Double.isFinite(allocated) || allocated < 0) {
            throw new ExperimentException("a test gave " + value + " and allocated " + allocated
                + " bytes; allowed: a number above 0, and one that is not below");
        }
    }

    /** The line. */
    String line() {
        return value + " " + allocated;
    }

    /**
     * Reads a line.
     *
     * @throws ExperimentException if it is none of {@link #line}
     */
    static Outcome of(final String line) {
        final String[] numbers = line.split(" ", -1);
        if (numbers.length == 2) {
            try {
                return new Outcome(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
            } catch (final NumberFormatException e) {
                // Said below.
            }
        }
        throw new ExperimentException("'" + line + "' is no outcome of a test; allowed: two numbers");
    }
}
