package io.rnic.bench.regcache.sim;

import io.rnic.bench.regcache.trace.RequestBatch;
import io.rnic.bench.regcache.trace.RequestSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/**
 * Runs simulations side by side over one reading of the trace: a batch is read while all cores work on the one before.
 * So a trace is decoded once, and two batches are in memory, however long it is.
 */
public final class Sweep {
    private final List<Simulation> simulations;
    private final List<RecordedTrace> recorders;

    /** A sweep of those simulations; what is read is recorded too. */
    public Sweep(final List<? extends Simulation> simulations, final List<RecordedTrace> recorders) {
        this.simulations = List.copyOf(simulations);
        this.recorders = List.copyOf(recorders);
    }

    /**
     * Runs to the end of the trace, or until it is told to stop.
     *
     * @param stop     asked after each batch
     * @param progress is told how far it is, from 0 to 1
     * @return false if it was stopped: the simulations have seen the same part of the trace
     * @throws IOException    if the trace cannot be read
     * @throws LimitException if a limit is smaller than a region of the trace
     */
    public boolean run(final RequestSource source, final BooleanSupplier stop, final DoubleConsumer progress)
        throws IOException {
        RequestBatch current = new RequestBatch();
        RequestBatch next = new RequestBatch();
        final List<Runnable> work = new ArrayList<>();
        try (RequestSource.Reader reader = source.open()) {
            boolean more = reader.read(current);
            while (more) {
                final RequestBatch target = next;
                final CompletableFuture<Boolean> reading = CompletableFuture.supplyAsync(() -> read(reader, target));
                final RequestBatch batch = current;
                work.clear();
                simulations.forEach(simulation -> work.add(() -> run(simulation, batch, source.name())));
                recorders.forEach(recorder -> work.add(() -> record(recorder, batch)));
                try {
                    work.parallelStream().forEach(Runnable::run);
                } finally {
                    more = join(reading);
                }
                progress.accept(reader.progress());
                if (more && stop.getAsBoolean()) {
                    return false;
                }
                next = current;
                current = target;
            }
        }
        return true;
    }

    private static boolean read(final RequestSource.Reader reader, final RequestBatch batch) {
        try {
            return reader.read(batch);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean join(final CompletableFuture<Boolean> reading) throws IOException {
        try {
            return reading.join();
        } catch (final CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException unchecked) {
                throw unchecked.getCause();
            }
            throw e;
        }
    }

    private static void run(final Simulation simulation, final RequestBatch batch, final String trace) {
        int i = 0;
        try {
            for (; i < batch.size(); i++) {
                simulation.request(batch.offset(i), batch.length(i), batch.process(i));
            }
        } catch (final LimitException e) {
            throw e.at(trace, batch.line(i));
        }
    }

    private static void record(final RecordedTrace recorder, final RequestBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            recorder.add(batch.offset(i), batch.length(i));
        }
    }
}
