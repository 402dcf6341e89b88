package io.rnic.bench.regcache.trace;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Requests that are made here: the same ones for the same seed.
 *
 * @param kind         what they look like
 * @param requests     how many, from 1
 * @param memoryBytes  over how much memory they go
 * @param requestBytes how long each is, at most
 * @param processes    how many processes make them, each with its own memory, from 1
 * @param seed         of the random numbers
 */
public record Workload(Kind kind, long requests, long memoryBytes, int requestBytes, int processes, long seed)
        implements RequestSource {
    private static final int PAGE_BYTES = 4096;
    /** Memory of the processes begins this far apart. */
    private static final int PROCESS_SHIFT = 46;
    private static final double ZIPF = 0.99;
    private static final int MAX_RANKS = 1 << 20;

    /** What requests look like. */
    public enum Kind {
        /** One behind the other, to the end of the memory and from its beginning again. */
        SEQUENTIAL,
        /** Anywhere, with the same odds. */
        UNIFORM,
        /** A few places often, most seldom: Zipf's law with exponent 0.99. */
        ZIPF,
        /** Round and round over a tenth of the memory. */
        LOOP,
        /** Half of them Zipf, a quarter sequential, a quarter anywhere and of any length. */
        MIXED,
        /** Pages of 8 KiB by Zipf's law, and a log that is written one behind the other. */
        OLTP;

        /** Its name on the command line. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** All names, separated by commas. */
        public static String labels() {
            return Arrays.stream(values()).map(Kind::label).collect(Collectors.joining(", "));
        }
    }

    @Override
    public String name() {
        return kind.label() + ", " + requests + " requests of up to " + requestBytes + " bytes over " + memoryBytes
            + (processes > 1 ? ", " + processes + " processes" : "");
    }

    @Override
    public Reader open() {
        return new Maker();
    }

    /** Makes the requests, one after the other. */
    private final class Maker implements Reader {
        private final SplittableRandom random = new SplittableRandom(seed);
        private final long places = Math.max(1, memoryBytes / requestBytes);
        private final double[] cumulative = cumulative();
        private final long[] cursors = new long[processes];
        private long done;

        private double[] cumulative() {
            final double[] sums = new double[(int) Math.min(places, MAX_RANKS)];
            double sum = 0;
            for (int i = 0; i < sums.length; i++) {
                sum += 1 / Math.pow(i + 1.0, ZIPF);
                sums[i] = sum;
            }
            return sums;
        }

        @Override
        public boolean read(final RequestBatch batch) {
            batch.clear();
            while (!batch.isFull() && done < requests) {
                final int process = processes == 1 ? 0 : random.nextInt(processes);
                add(kind, batch, process);
                done++;
            }
            return batch.size() > 0;
        }

        private void add(final Kind what, final RequestBatch batch, final int process) {
            switch (what) {
                case SEQUENTIAL -> add(batch, process, cursors[process]++ % places, requestBytes);
                case UNIFORM -> add(batch, process, random.nextLong(places), requestBytes);
                case ZIPF -> add(batch, process, zipf(), requestBytes);
                case LOOP -> add(batch, process, cursors[process]++ % Math.max(1, places / 10), requestBytes);
                case MIXED -> {
                    switch (random.nextInt(4)) {
                        case 0 -> add(Kind.SEQUENTIAL, batch, process);
                        case 1 -> add(batch, process, random.nextLong(places), 1 + random.nextInt(requestBytes));
                        default -> add(Kind.ZIPF, batch, process);
                    }
                }
                case OLTP -> {
                    if (random.nextInt(4) == 0) {
                        // The log is the last eighth of the memory.
                        final long log = Math.max(1, places / 8);
                        add(batch, process, places - log + cursors[process]++ % log, requestBytes);
                    } else {
                        add(batch, process, zipf(), Math.min(requestBytes, 2 * PAGE_BYTES));
                    }
                }
            }
        }

        private void add(final RequestBatch batch, final int process, final long place, final int length) {
            batch.add(((long) process << PROCESS_SHIFT) + place * requestBytes, length, process);
        }

        /** A place by Zipf's law; places of neighbouring ranks are far apart. */
        private long zipf() {
            final double wanted = random.nextDouble() * cumulative[cumulative.length - 1];
            final int found = Arrays.binarySearch(cumulative, wanted);
            final long rank = Math.min(cumulative.length - 1, found >= 0 ? found : -found - 1);
            return Long.remainderUnsigned(rank * 0x9E3779B97F4A7C15L, places);
        }

        @Override
        public double progress() {
            return (double) done / requests;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
