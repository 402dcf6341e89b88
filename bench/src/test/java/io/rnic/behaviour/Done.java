package io.rnic.behaviour;

import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import java.util.ArrayList;
import java.util.List;

/** A completion, kept. */
record Done(long wrId, CompletionStatus status, CompletionOpcode opcode, int byteLength, int queuePair,
    int vendorError) {
    private static final long PATIENCE_NS = 20_000_000_000L;

    static Done of(final Completion completion) {
        return new Done(completion.wrId(), completion.status(), completion.opcode(), completion.byteLength(),
            completion.queuePairNumber(), completion.vendorError());
    }

    /** Polls until {@code count} completions have come. */
    static List<Done> await(final CompletionQueue queue, final int count) {
        final List<Done> done = new ArrayList<>();
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (done.size() < count) {
            if (queue.poll(completion -> done.add(of(completion)), count - done.size()) == 0) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("only " + done.size() + " of " + count + " completions came: " + done);
                }
                Thread.onSpinWait();
            }
        }
        return done;
    }

    static Done awaitOne(final CompletionQueue queue) {
        return await(queue, 1).getFirst();
    }

    /** Polls until one completion has come and gives it to the handler. */
    static void awaitOneWith(final CompletionQueue queue, final CompletionHandler handler) {
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (queue.poll(handler, 1) == 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no completion came");
            }
            Thread.onSpinWait();
        }
    }

    /** What is there now, without waiting. */
    static List<Done> poll(final CompletionQueue queue) {
        final List<Done> done = new ArrayList<>();
        int polled = 1;
        while (polled > 0) {
            polled = queue.poll(completion -> done.add(of(completion)), 64);
        }
        return done;
    }
}
