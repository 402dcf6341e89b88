package io.rnic.bench.regcache.sim;

import java.util.List;

/**
 * What processes' parts of a limit are in proportion to.
 *
 * @param processes how many processes there are, from 1; matters where parts are for all, there or not
 * @param given     of the first processes, from 1 each; others have a weight of 1
 */
public record Weights(int processes, List<Integer> given) {
    /** Checks them. */
    public Weights {
        given = List.copyOf(given);
        if (processes < 1 || given.stream().anyMatch(weight -> weight < 1)) {
            throw new IllegalArgumentException("weights " + given + " of " + processes
                + " processes; allowed: 1 or more each");
        }
    }

    /** Equal ones. */
    public static Weights equal(final int processes) {
        return new Weights(processes, List.of());
    }

    /** A process's weight. */
    int of(final int process) {
        return process < given.size() ? given.get(process) : 1;
    }

    /** That of all processes. */
    long total() {
        long total = 0;
        for (int i = 0; i < processes; i++) {
            total += of(i);
        }
        return total;
    }
}
