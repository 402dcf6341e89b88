package io.rnic.bench.pieces;

import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Virtual to bus address and back, in a region of some pages. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TranslationBenchmark {
    private static final int PAGE_BYTES = 4096;

    /** Pages of the region. */
    @Param({"1", "16", "256"})
    public int pages;

    private final Dma dma = new Dma(1);
    private MemoryEntry entry;
    private long lastBus;
    private int page;

    /** Makes it. */
    public TranslationBenchmark() {
    }

    /** Registers the region. */
    @Setup
    public void register() {
        final MemorySegment memory = Arena.ofAuto().allocate((long) pages * PAGE_BYTES, PAGE_BYTES);
        entry = new StagTable(1, PAGE_BYTES, dma).add(memory, 1, 0, true);
        lastBus = entry.bus(entry.address() + memory.byteSize() - 1);
    }

    /** The bus address of one page after the other. */
    @Benchmark
    public long bus() {
        page = page + 1 < pages ? page + 1 : 0;
        return entry.bus(entry.address() + (long) page * PAGE_BYTES);
    }

    /** And back: the region and the place in it that a bus address leads to. */
    @Benchmark
    public long find() {
        final MemoryEntry found = Objects.requireNonNull(dma.find(lastBus));
        return found.offsetOfBus(lastBus);
    }
}
