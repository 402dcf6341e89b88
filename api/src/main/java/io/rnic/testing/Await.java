package io.rnic.testing;

import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairAttributes;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Waits for what happens in its own time: over TCP the other side learns later than a call returns what the call leads
 * to. Each waits for {@link Completions#PATIENCE} at most, then throws an AssertionError that says what has not
 * happened. An interrupt of the thread, as JUnit's {@code @Timeout} makes, ends the wait the same way, and is kept.
 */
public final class Await {
    private Await() {
    }

    /** Waits until something is so. */
    public static void until(final String what, final BooleanSupplier condition) {
        final long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            pause(begin, () -> "still not: " + what);
        }
    }

    /** Waits until a queue pair is in that state. */
    public static void state(final QueuePair queuePair, final QueuePairState state) {
        final long begin = System.nanoTime();
        while (queuePair.state() != state) {
            pause(begin, () -> "still not in " + state + ": " + describe(queuePair));
        }
    }

    /** Waits until a queue pair is in ERROR and says why. */
    public static Diagnosis diagnosis(final QueuePair queuePair) {
        state(queuePair, QueuePairState.ERROR);
        final long begin = System.nanoTime();
        Diagnosis diagnosis = queuePair.diagnosis();
        while (diagnosis == null) {
            pause(begin, () -> "no diagnosis: " + describe(queuePair));
            diagnosis = queuePair.diagnosis();
        }
        return diagnosis;
    }

    /** How a queue pair stands, in one line. */
    static String describe(final QueuePair queuePair) {
        try {
            final QueuePairAttributes now = queuePair.query();
            final Diagnosis diagnosis = queuePair.diagnosis();
            return "queue pair " + now.number() + " is in " + now.state() + ", outstanding: " + now.outstandingSends()
                + " sends, " + now.outstandingReceives() + " receives; diagnosis: "
                + (diagnosis == null ? "none" : diagnosis);
        } catch (final RnicException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** What may be amiss where no send completes. */
    static String hintOnSends(final QueuePair queuePair) {
        return hint(queuePair, now -> now.outstandingSends() == 0
            ? "no send request is outstanding: none was posted here, or its completion was polled before"
            : "only signalled requests make completions, and those that fail");
    }

    /** What may be amiss where no receive completes. */
    static String hintOnReceives(final QueuePair queuePair) {
        return hint(queuePair, now -> now.outstandingReceives() == 0 && now.maxReceiveRequests() > 0
            ? "no receive is outstanding: post one before the peer sends"
            : "the peer has sent nothing that takes a receive, or its request failed: look at its side");
    }

    private static String hint(final QueuePair queuePair, final Function<QueuePairAttributes, String> connected) {
        try {
            final QueuePairAttributes now = queuePair.query();
            return switch (now.state()) {
                case RTS, SQD -> connected.apply(now);
                case ERROR -> "it is in ERROR, so what was posted is flushed or done, and may have been polled before";
                default -> "it is not connected";
            };
        } catch (final RnicException e) {
            return "it is closed";
        }
    }

    /** Between two looks. */
    @SuppressWarnings("ThreadPriorityCheck") // others may need this core for what is waited for
    static void pause(final long beginNs, final Supplier<String> what) {
        final long waitedNs = System.nanoTime() - beginNs;
        if (Thread.currentThread().isInterrupted()) {
            throw new AssertionError("interrupted after " + waitedNs / 1_000_000 + " ms: " + what.get());
        }
        if (waitedNs > Completions.PATIENCE.toNanos()) {
            throw new AssertionError("after " + Completions.PATIENCE.toSeconds() + " s: " + what.get());
        }
        Thread.yield();
    }
}
