package io.rnic.emu.queue;

import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionHandler;

/**
 * A kernel's handler, which copies completions out. It is told apart from applications' handlers: those are many, so
 * that a call of one is looked up each time, but there is only one of these, and its call goes straight there.
 */
public abstract class CompletionRecorder implements CompletionHandler {
    /** A recorder. */
    protected CompletionRecorder() {
    }

    /** Copies a completion, which is another's afterwards. */
    public abstract void record(CompletionFlyweight completion);

    @Override
    public final void onCompletion(final Completion completion) {
        record((CompletionFlyweight) completion);
    }
}
