package io.rnic.bench.compare;

import io.rnic.bench.run.ExperimentException;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionStatus;

/** Counts what completed and remembers the last request's number; anything but success fails the experiment. */
final class CompletionCounter implements CompletionHandler {
    private long count;
    private long lastWrId;

    @Override
    public void onCompletion(final Completion completion) {
        if (completion.status() != CompletionStatus.SUCCESS) {
            throw new ExperimentException("request " + completion.wrId() + " completed with " + completion.status()
                + ", vendor error 0x" + Integer.toHexString(completion.vendorError()));
        }
        count++;
        lastWrId = completion.wrId();
    }

    long count() {
        return count;
    }

    long lastWrId() {
        return lastWrId;
    }
}
