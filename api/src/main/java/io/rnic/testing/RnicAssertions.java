package io.rnic.testing;

import io.rnic.verbs.Completion;

/** AssertJ's entry: import {@code assertThat} from here beside AssertJ's own. */
public final class RnicAssertions {
    private RnicAssertions() {
    }

    /** Assertions about a completion, inside its handler or kept. */
    public static CompletionAssert assertThat(final Completion actual) {
        return new CompletionAssert(actual);
    }
}
