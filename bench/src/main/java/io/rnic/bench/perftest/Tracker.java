package io.rnic.bench.perftest;

import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionStatus;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests by queue pair, posted and known to be done. A request's number is its queue pair's index and how many
 * were posted to it; its completion tells that all before it are done too. Allocates nothing.
 */
final class Tracker implements CompletionHandler {
    private static final int SHIFT = 40;
    private static final long COUNT_MASK = (1L << SHIFT) - 1;

    private final long[] posted;
    private final long[] done;
    private long allPosted;
    private long allDone;
    private @Nullable CompletionStatus failure;
    private int failed;

    /** Nothing posted. */
    Tracker(final int queuePairs) {
        posted = new long[queuePairs];
        done = new long[queuePairs];
    }

    /** The number of the next request, which counts as posted. */
    long next(final int i) {
        allPosted++;
        return (long) i << SHIFT | ++posted[i];
    }

    @Override
    public void onCompletion(final Completion completion) {
        final int i = (int) (completion.wrId() >>> SHIFT);
        if (completion.status() != CompletionStatus.SUCCESS) {
            if (failure == null) {
                failure = completion.status();
                failed = i;
            }
            return;
        }
        final long count = completion.wrId() & COUNT_MASK;
        allDone += count - done[i];
        done[i] = count;
    }

    /** How many were posted to queue pair i. */
    long posted(final int i) {
        return posted[i];
    }

    /** How many of queue pair i are done. */
    long done(final int i) {
        return done[i];
    }

    /** How many of queue pair i are not known to be done. */
    long outstanding(final int i) {
        return posted[i] - done[i];
    }

    /** How many were posted in all. */
    long posted() {
        return allPosted;
    }

    /** How many are done in all. */
    long done() {
        return allDone;
    }

    /** How the first that failed ended; null if none did. */
    @Nullable CompletionStatus failure() {
        return failure;
    }

    /** The queue pair whose request it was. */
    int failed() {
        return failed;
    }
}
