package io.rnic.bench.run;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Things that were opened one after the other and are closed in reverse order, all of them, whatever fails. */
public final class Resources implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Nothing yet. */
    public Resources() {
    }

    /** Takes charge of a resource and returns it. */
    public <T extends AutoCloseable> T add(final T resource) {
        opened.push(resource);
        return resource;
    }

    /** Closes them because of an error that goes on from here; what fails on the way is added to it. */
    public void closeAfter(final Throwable error) {
        try {
            close();
        } catch (final ExperimentException e) {
            error.addSuppressed(e);
        }
    }

    /**
     * Closes them.
     *
     * @throws ExperimentException if one could not be closed; the others are closed nevertheless
     */
    @Override
    public void close() {
        @Nullable ExperimentException failure = null;
        while (!opened.isEmpty()) {
            final AutoCloseable resource = opened.pop();
            try {
                resource.close();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (final Exception e) {
                final ExperimentException next = new ExperimentException("cannot close", e);
                if (failure == null) {
                    failure = next;
                } else {
                    failure.addSuppressed(next);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
