package io.rnic.bench.pieces;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A lease that finds its region, and its end: at random among few and many. Beside it the limit: one read at a random
 * place of as much memory as that many regions have in the cache's own objects, each read waiting for the one before.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LeaseBenchmark {
    /** Of a region: its object, the three slots or so that hint at it, its place in the cache's table. */
    private static final int REGION_BYTES = 48 + 12 + 4;
    private static final int LINE_INTS = 16;

    /** Who keeps what is used. */
    @Param({"lru", "fifo", "clock"})
    public String policy = "";

    /** How many regions are registered, a page each. */
    @Param({"1000", "100000"})
    public int regions;

    private CachedPages pages;
    private final RandomBits random = new RandomBits();
    private int[] next;
    private int at;

    /** Makes it. */
    @SuppressWarnings("NullAway.Init") // JMH calls register first
    public LeaseBenchmark() {
    }

    /** Registers every other page. */
    @Setup
    public void register() {
        pages = new CachedPages(policy, regions);
        next = circle(regions * REGION_BYTES / LINE_INTS / Integer.BYTES);
    }

    /** One way through that many cache lines that visits each (Sattolo's algorithm). */
    private static int[] circle(final int lines) {
        final SplittableRandom random = new SplittableRandom(1);
        final int[] order = new int[lines];
        for (int i = 0; i < lines; i++) {
            order[i] = i;
        }
        for (int i = lines - 1; i > 0; i--) {
            final int other = random.nextInt(i);
            final int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        final int[] next = new int[lines * LINE_INTS];
        for (int i = 0; i < lines; i++) {
            next[i * LINE_INTS] = order[i] * LINE_INTS;
        }
        return next;
    }

    /** Deregisters. */
    @TearDown
    public void close() {
        pages.close();
    }

    /** Leases at random, and ends the lease. */
    @Benchmark
    public int hit() {
        return pages.lease(random.next());
    }

    /** The limit. */
    @Benchmark
    public int oneRead() {
        at = next[at];
        return at;
    }
}
