package io.rnic.bench.scale;

import io.rnic.bench.run.ExperimentException;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionStatus;

/** Counts completions; anything but success fails the experiment. */
final class Completed implements CompletionHandler {
    private long count;

    @Override
    public void onCompletion(final Completion completion) {
        if (completion.status() != CompletionStatus.SUCCESS) {
            throw new ExperimentException("a request completed with " + completion.status() + ", vendor error 0x"
                + Integer.toHexString(completion.vendorError()));
        }
        count++;
    }

    long count() {
        return count;
    }
}
