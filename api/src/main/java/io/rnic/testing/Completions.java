package io.rnic.testing;

import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Polls completion queues as a test wants it: patiently for what must come, once for what must not. */
public final class Completions {
    /** How long a completion is waited for: far longer than it takes, so that no test depends on the speed. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int BATCH = 64;

    private Completions() {
    }

    /**
     * Polls until {@code count} completions have come, and takes no more.
     *
     * @throws AssertionError with those that came, when {@link #PATIENCE} is over or the thread is interrupted
     */
    public static List<CompletedRequest> await(final CompletionQueue queue, final int count) {
        return await(queue, count, () -> "");
    }

    /** The same; what is missing is told with more that is known of it. */
    static List<CompletedRequest> await(
        final CompletionQueue queue, final int count, final Supplier<String> more) {
        final List<CompletedRequest> completed = new ArrayList<>();
        final long begin = System.nanoTime();
        while (completed.size() < count) {
            final int missing = count - completed.size();
            if (queue.poll(completion -> completed.add(CompletedRequest.of(completion)), missing) == 0) {
                Await.pause(begin, () -> completed.size() + " of " + count + " completions came on completion queue "
                    + queue.query().number() + ": " + completed + more.get());
            }
        }
        return completed;
    }

    /**
     * Polls until a completion has come.
     *
     * @throws AssertionError when {@link #PATIENCE} is over or the thread is interrupted
     */
    public static CompletedRequest awaitOne(final CompletionQueue queue) {
        return await(queue, 1).getFirst();
    }

    /**
     * Polls until the handler has been given a completion.
     *
     * @throws AssertionError when {@link #PATIENCE} is over or the thread is interrupted
     */
    public static void awaitOne(final CompletionQueue queue, final CompletionHandler handler) {
        final long begin = System.nanoTime();
        while (queue.poll(handler, 1) == 0) {
            Await.pause(begin, () -> "no completion came on completion queue " + queue.query().number());
        }
    }

    /** Takes what is there now, without waiting. */
    public static List<CompletedRequest> poll(final CompletionQueue queue) {
        final List<CompletedRequest> completed = new ArrayList<>();
        int polled = 1;
        while (polled > 0) {
            polled = queue.poll(completion -> completed.add(CompletedRequest.of(completion)), BATCH);
        }
        return completed;
    }
}
