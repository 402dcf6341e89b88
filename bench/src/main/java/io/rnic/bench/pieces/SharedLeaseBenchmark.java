package io.rnic.bench.pieces;

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
import org.openjdk.jmh.annotations.Threads;

/** Leases that find their region, by two threads in one cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(2)
public class SharedLeaseBenchmark {
    /** How many regions are registered, a page each. */
    @Param({"1000", "100000"})
    public int regions;

    private CachedPages pages;

    /** Makes it. */
    @SuppressWarnings("NullAway.Init") // JMH calls register first
    public SharedLeaseBenchmark() {
    }

    /** What each thread has. */
    @State(Scope.Thread)
    public static class Own {
        private final RandomBits random = new RandomBits();
        private final long turned = Thread.currentThread().threadId();
    }

    /** Registers every other page. */
    @Setup
    public void register() {
        pages = new CachedPages("lru", regions);
    }

    /** Deregisters. */
    @TearDown
    public void close() {
        pages.close();
    }

    /** Leases at random, and ends the lease. */
    @Benchmark
    public int hitOfTwoThreads(final Own own) {
        // The same numbers turned by the thread's own: the two meet by chance alone.
        return pages.lease((own.random.next() ^ own.turned * 0x9E3779B9L) & 0xFFFF_FFFFL);
    }
}
