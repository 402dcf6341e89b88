package io.rnic.differential;

import io.rnic.testing.CompletedRequest;
import java.util.List;

/**
 * What a call did.
 *
 * @param result      {@link #OK}, {@link #NOTHING}, or how it was refused
 * @param completions what was polled, each with slots in the place of queue pair numbers and STags
 */
record Outcome(String result, List<CompletedRequest> completions) {
    static final String OK = "ok";
    static final String NOTHING = "nothing to do it with";

    static Outcome of(final String result) {
        return new Outcome(result, List.of());
    }

    @Override
    public String toString() {
        return completions.isEmpty() ? result : result + " " + completions;
    }
}
