package io.rnic.testing;

import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairState;
import java.util.function.BooleanSupplier;

/**
 * Waits for what happens in its own time: over TCP the other side learns later than a call returns what the call leads
 * to. Each waits for {@link Completions#PATIENCE} at most, then throws an AssertionError that says what has not
 * happened.
 */
public final class Await {
    private Await() {
    }

    /** Waits until something is so. */
    public static void until(final String what, final BooleanSupplier condition) {
        final long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            pause(begin, "still not: " + what);
        }
    }

    /** Waits until a queue pair is in that state. */
    public static void state(final QueuePair queuePair, final QueuePairState state) {
        until("queue pair " + queuePair.number() + " in " + state, () -> queuePair.state() == state);
    }

    /** Waits until a queue pair is in ERROR and says why. */
    public static Diagnosis diagnosis(final QueuePair queuePair) {
        state(queuePair, QueuePairState.ERROR);
        final long begin = System.nanoTime();
        Diagnosis diagnosis = queuePair.diagnosis();
        while (diagnosis == null) {
            pause(begin, "queue pair " + queuePair.number() + " has no diagnosis");
            diagnosis = queuePair.diagnosis();
        }
        return diagnosis;
    }

    /** Between two looks. */
    @SuppressWarnings("ThreadPriorityCheck") // others may need this core for what is waited for
    static void pause(final long beginNs, final String what) {
        if (System.nanoTime() - beginNs > Completions.PATIENCE.toNanos()) {
            throw new AssertionError("after " + Completions.PATIENCE.toSeconds() + " s " + what);
        }
        Thread.yield();
    }
}
