package io.rnic.testing;

import java.util.ArrayDeque;
import java.util.Deque;

/** What to undo, the newest first, when something that is made in steps cannot be made whole. */
final class Unwinding {
    private final Deque<Runnable> steps = new ArrayDeque<>();

    /** Makes something in steps. */
    interface Making<T, E extends Exception> {
        T make(Unwinding unwinding) throws E;
    }

    /** Notes how to undo the step that was just made. */
    void add(final Runnable undo) {
        steps.push(undo);
    }

    /** Makes something, or undoes the steps that were made of it and throws why; what undoing throws goes with that. */
    static <T, E extends Exception> T unlessMade(final Making<T, E> making) throws E {
        final Unwinding unwinding = new Unwinding();
        try {
            return making.make(unwinding);
        } catch (final Throwable why) {
            unwinding.undo(why);
            throw why;
        }
    }

    private void undo(final Throwable why) {
        for (final Runnable step : steps) {
            try {
                step.run();
            } catch (final RuntimeException | Error e) {
                why.addSuppressed(e);
            }
        }
    }
}
