package io.rnic.fuzz;

import java.util.function.Supplier;

/** Checks that cost nothing while they hold: a fuzzer makes millions of them. */
final class Checks {
    private Checks() {
    }

    static void that(final boolean holds, final Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }
}
