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

    /** Makes something, or undoes the steps that were made of it and throws why. */
    static <T, E extends Exception> T unlessMade(final Making<T, E> making) throws E {
        final Unwinding unwinding = new Unwinding();
        boolean made = false;
        try {
            final T result = making.make(unwinding);
            made = true;
            return result;
        } finally {
            if (!made) {
                unwinding.steps.forEach(Runnable::run);
            }
        }
    }
}
