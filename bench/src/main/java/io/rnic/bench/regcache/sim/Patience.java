package io.rnic.bench.regcache.sim;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Waits for what is in others' hands, and leaves it behind when all is to stop and it does not return. */
public final class Patience {
    private static final long LOOK_MS = 100;
    /** Milliseconds that all have to return when all is to stop, as a system property: for tests, which wait for it. */
    public static final String PROPERTY = "rnic.test.patienceMs";
    static final long NS = TimeUnit.MILLISECONDS.toNanos(Long.getLong(PROPERTY, 3_000));

    private Patience() {
    }

    /**
     * Calls on a thread of its own, which may be left behind.
     *
     * @param stop whether all is to stop
     * @throws TimeoutException   if it has not returned some seconds after all was to stop
     * @throws ExecutionException with what it threw
     */
    public static <T> T call(final BooleanSupplier stop, final Callable<T> work)
        throws TimeoutException, ExecutionException {
        final FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().name("rnic-regcache").start(task);
        return await(stop, task);
    }

    /** Waits for what another thread does, likewise. */
    static <T> T await(final BooleanSupplier stop, final Future<T> work) throws TimeoutException, ExecutionException {
        long since = System.nanoTime();
        while (true) {
            try {
                return work.get(LOOK_MS, TimeUnit.MILLISECONDS);
            } catch (final TimeoutException e) {
                if (!stop.getAsBoolean()) {
                    since = System.nanoTime();
                } else if (System.nanoTime() - since > NS) {
                    throw e;
                }
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }
}
