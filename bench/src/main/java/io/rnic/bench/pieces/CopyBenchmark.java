package io.rnic.bench.pieces;

import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

/** A copy from one place to another, both of the size that is copied: what fits stays in the cache. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CopyBenchmark {
    private static final int PAGE_BYTES = 4096;

    /** How many. */
    @Param({"8", "32", "256", "4096", "65536", "1048576"})
    public int bytes;

    private Arena arena;
    private MemorySegment source;
    private MemorySegment target;
    private MemoryEntry entry;

    /** Makes it. */
    public CopyBenchmark() {
    }

    /** Registers the target. */
    @Setup
    @SuppressWarnings("MustBeClosedChecker") // close() closes it
    public void register() {
        // Shared, as applications register it.
        arena = Arena.ofShared();
        source = arena.allocate(bytes, PAGE_BYTES).fill((byte) 1);
        target = arena.allocate(bytes, PAGE_BYTES).fill((byte) 2);
        entry = new StagTable(1, PAGE_BYTES, new Dma(1)).add(target, 1, 0, true);
    }

    /** The limit: what Java has for it. */
    @Benchmark
    public void segment() {
        MemorySegment.copy(source, 0, target, 0, bytes);
    }

    /** Into a region, as the NIC does it. */
    @Benchmark
    public int dma() {
        return Dma.copy(source, 0, entry, 0, bytes);
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        arena.close();
    }
}
