package io.rnic.bench.regcache.sim;

import io.rnic.bench.regcache.trace.RequestBatch;
import io.rnic.bench.regcache.trace.RequestSource;
import io.rnic.registration.CostModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs simulations side by side over one reading of the trace: a batch is read while all cores work on the one before.
 * So a trace is decoded once, and two batches are in memory, however long it is.
 *
 * <p>A simulation that fails is left out from then on, and the others go on.
 */
public final class Sweep {
    private static final long LOOK_MS = 100;
    private static final int RUNNING = 1;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final List<Simulation> simulations;
    private final List<RecordedTrace> recorders;
    private final AtomicReferenceArray<@Nullable Throwable> failures;
    private final AtomicIntegerArray states;
    private long largestRegionBytes;
    private long requests;
    private long hash;
    private boolean stalled;

    /** A sweep of those simulations; what is read is recorded too. */
    public Sweep(final List<? extends Simulation> simulations, final List<RecordedTrace> recorders) {
        this.simulations = List.copyOf(simulations);
        this.recorders = List.copyOf(recorders);
        failures = new AtomicReferenceArray<>(simulations.size());
        states = new AtomicIntegerArray(simulations.size());
    }

    /**
     * Why the simulation of that place failed: a {@link LimitException}, a {@link TimeoutException} of one that did not
     * return when all were to stop, or what its policy threw; null if it did not.
     */
    public @Nullable Throwable failure(final int index) {
        return failures.get(index);
    }

    /** The whole pages of the longest request so far, in bytes. */
    public long largestRegionBytes() {
        return largestRegionBytes;
    }

    /** How many requests were read. */
    public long requests() {
        return requests;
    }

    /** Of all requests in their order: another for another trace, most likely. */
    public long hash() {
        return hash;
    }

    /**
     * Runs to the end of the trace, until it is told to stop, or until no simulation is left.
     *
     * @param stop     asked after each batch; a simulation that does not return from one then fails after some seconds
     * @param progress is told how far it is, from 0 to 1
     * @return false if it was stopped: the simulations that have not failed have seen the same part of the trace
     * @throws IOException if the trace cannot be read
     */
    public boolean run(final RequestSource source, final BooleanSupplier stop, final DoubleConsumer progress)
        throws IOException {
        final ExecutorService workers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().daemon().name("rnic-sweep-", 0).factory());
        final RequestSource.Reader reader = source.open();
        try {
            return run(reader, workers, source.name(), stop, progress);
        } finally {
            workers.shutdownNow();
            if (!stalled) {
                // Otherwise who reads has its lock still.
                reader.close();
            }
        }
    }

    private boolean run(final RequestSource.Reader reader, final ExecutorService workers, final String trace,
        final BooleanSupplier stop, final DoubleConsumer progress) throws IOException {
        RequestBatch current = new RequestBatch();
        RequestBatch next = new RequestBatch();
        boolean more = join(reading(reader, current), stop);
        while (more && isAnyLeft()) {
            final RequestBatch target = next;
            final CompletableFuture<Boolean> reading = reading(reader, target);
            final boolean done;
            try {
                done = work(workers, current, trace, stop);
            } finally {
                more = join(reading, stop);
            }
            progress.accept(reader.progress());
            if (!done || (more && stop.getAsBoolean())) {
                return false;
            }
            next = current;
            current = target;
        }
        return !stalled;
    }

    private static CompletableFuture<Boolean> reading(final RequestSource.Reader reader, final RequestBatch target) {
        return CompletableFuture.supplyAsync(() -> read(reader, target));
    }

    /** True if it was told to stop while the trace gave nothing: a pipe whose writer waits, say. */
    public boolean stalled() {
        return stalled;
    }

    private boolean isAnyLeft() {
        boolean any = simulations.isEmpty();
        for (int i = 0; i < simulations.size(); i++) {
            any |= failures.get(i) == null;
        }
        return any;
    }

    /** False if it was told to stop and gave somebody up. */
    private boolean work(final ExecutorService workers, final RequestBatch batch, final String trace,
        final BooleanSupplier stop) {
        final @Nullable Future<?>[] running = new Future<?>[simulations.size()];
        final List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < running.length; i++) {
            final int index = i;
            states.set(i, 0);
            if (failures.get(i) == null) {
                final Future<?> future = workers.submit(() -> run(index, batch, trace));
                running[i] = future;
                all.add(future);
            }
        }
        recorders.forEach(recorder -> all.add(workers.submit(() -> record(recorder, batch))));
        measure(batch);
        final boolean done = await(all, stop);
        for (int i = 0; i < running.length; i++) {
            final Future<?> future = running[i];
            if (!done && future != null && !future.isDone()) {
                failures.set(i, new TimeoutException(states.get(i) == RUNNING
                    ? "it does not return" : "it was kept waiting by others that do not return"));
            }
        }
        return done;
    }

    /** False if it was told to stop, and nothing has come to its end for some time since. */
    private static boolean await(final List<Future<?>> all, final BooleanSupplier stop) {
        long since = System.nanoTime();
        long ended = 0;
        for (final Future<?> each : all) {
            while (!isDone(each)) {
                final long endedNow = all.stream().filter(Future::isDone).count();
                if (endedNow > ended || !stop.getAsBoolean()) {
                    ended = endedNow;
                    since = System.nanoTime();
                } else if (System.nanoTime() - since > Patience.NS) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isDone(final Future<?> future) {
        try {
            future.get(LOOK_MS, TimeUnit.MILLISECONDS);
            return true;
        } catch (final TimeoutException e) {
            return false;
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static boolean read(final RequestSource.Reader reader, final RequestBatch batch) {
        try {
            return reader.read(batch);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False also if it was told to stop, and nothing comes. */
    private boolean join(final CompletableFuture<Boolean> reading, final BooleanSupplier stop) throws IOException {
        try {
            return Patience.await(stop, reading);
        } catch (final TimeoutException e) {
            stalled = true;
            return false;
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof UncheckedIOException unchecked) {
                throw unchecked.getCause();
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** A policy is anybody's: whatever it throws is about it alone. */
    private void run(final int index, final RequestBatch batch, final String trace) {
        states.set(index, RUNNING);
        final Simulation simulation = simulations.get(index);
        int i = 0;
        try {
            for (; i < batch.size(); i++) {
                simulation.request(batch.offset(i), batch.length(i), batch.process(i));
            }
        } catch (final LimitException e) {
            failures.set(index, e.at(trace, batch.line(i)));
        } catch (final Throwable e) {
            // Also what a policy does not declare.
            failures.set(index, e);
        }
    }

    private void measure(final RequestBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            final long first = batch.offset(i) / CostModel.PAGE_BYTES;
            final long last = (batch.offset(i) + batch.length(i) - 1) / CostModel.PAGE_BYTES;
            requests++;
            hash = ((hash * MIX + batch.offset(i)) * MIX + batch.length(i)) * MIX + batch.process(i);
            largestRegionBytes = Math.max(largestRegionBytes, (last - first + 1) * CostModel.PAGE_BYTES);
        }
    }

    private static void record(final RecordedTrace recorder, final RequestBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            recorder.add(batch.offset(i), batch.length(i));
        }
    }
}
