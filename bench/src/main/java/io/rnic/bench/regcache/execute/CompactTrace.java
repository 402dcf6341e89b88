package io.rnic.bench.regcache.execute;

import io.rnic.bench.regcache.sim.PageSet;
import io.rnic.bench.regcache.trace.RequestBatch;
import io.rnic.bench.regcache.trace.RequestSource;
import io.rnic.bench.regcache.trace.TraceException;
import io.rnic.bench.run.ExperimentException;
import io.rnic.registration.CostModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A trace whose untouched stretches are cut down to a page each, so that it fits into a buffer of this machine. Order,
 * overlaps and neighbourhood of requests stay as they are.
 */
public final class CompactTrace implements RequestSource {
    private static final int PAGE = CostModel.PAGE_BYTES;

    private final RequestSource source;
    private final long[] begins;
    private final long[] ends;
    /** Where each run of pages begins in the buffer. */
    private final long[] places;
    private final long pages;

    private CompactTrace(final RequestSource source, final long[][] runs) {
        this.source = source;
        begins = new long[runs.length];
        ends = new long[runs.length];
        places = new long[runs.length];
        long next = 0;
        for (int i = 0; i < runs.length; i++) {
            begins[i] = runs[i][0];
            ends[i] = runs[i][1];
            places[i] = next;
            next += runs[i][1] - runs[i][0] + 1;
        }
        pages = next;
    }

    /** Reads a trace through and compacts it, unless it is told to stop. */
    public static CompactTrace of(final RequestSource source, final BooleanSupplier stop) throws IOException {
        final PageSet touched = new PageSet();
        final RequestBatch batch = new RequestBatch();
        try (Reader reader = source.open()) {
            while (reader.read(batch)) {
                if (stop.getAsBoolean()) {
                    throw new ExperimentException("stopped while it was looking for the trace's memory: there are no"
                        + " results yet");
                }
                for (int i = 0; i < batch.size(); i++) {
                    touched.add(batch.offset(i) / PAGE, (batch.offset(i) + batch.length(i) - 1) / PAGE + 1);
                }
            }
        }
        return new CompactTrace(source, touched.runs());
    }

    /** How long the buffer has to be. */
    public long bytes() {
        return pages * PAGE;
    }

    /** Where an offset of the trace is in the buffer. */
    long place(final long offset) throws TraceException {
        final long page = offset / PAGE;
        final int found = Arrays.binarySearch(begins, page);
        final int run = found >= 0 ? found : -found - 2;
        if (run < 0 || page >= ends[run]) {
            throw new TraceException("trace '" + name() + "' changed while it was read");
        }
        return (places[run] + page - begins[run]) * PAGE + offset % PAGE;
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public List<String> notes() {
        return source.notes();
    }

    @Override
    public Reader open() throws IOException {
        final Reader reader = source.open();
        final RequestBatch original = new RequestBatch();
        return new Reader() {
            @Override
            public boolean read(final RequestBatch batch) throws IOException {
                batch.clear();
                if (!reader.read(original)) {
                    return false;
                }
                for (int i = 0; i < original.size(); i++) {
                    batch.add(place(original.offset(i)), original.length(i), original.process(i));
                    batch.inLine(original.line(i));
                }
                return true;
            }

            @Override
            public double progress() {
                return reader.progress();
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
    }
}
