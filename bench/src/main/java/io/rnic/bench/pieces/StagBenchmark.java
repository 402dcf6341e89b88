package io.rnic.bench.pieces;

import io.rnic.emu.memory.AccessCheck;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.StagTable;
import io.rnic.verbs.Access;
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

/** Find and check an STag among few and many: always the same, or one after the other in random places. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StagBenchmark {
    private static final int PAGE_BYTES = 4096;
    private static final int DOMAIN = 7;
    private static final int ACCESS = Access.REMOTE_WRITE.bit();

    /** How many regions are registered. */
    @Param({"1", "1000000"})
    public int entries;

    private final MemorySegment memory = Arena.ofAuto().allocate(PAGE_BYTES, PAGE_BYTES);
    private StagTable table;
    private int[] stags;
    private int next;

    /** Makes it. */
    public StagBenchmark() {
    }

    /** Registers; the table gives random places. */
    @Setup
    public void register() {
        table = new StagTable(entries, PAGE_BYTES, new Dma(entries));
        stags = new int[entries];
        for (int i = 0; i < entries; i++) {
            stags[i] = table.add(memory, DOMAIN, ACCESS, true).stag();
        }
    }

    /** The same again and again. */
    @Benchmark
    public AccessCheck hot() {
        return check(stags[0]);
    }

    /** Another each time. */
    @Benchmark
    public AccessCheck random() {
        next = next + 1 < stags.length ? next + 1 : 0;
        return check(stags[next]);
    }

    private AccessCheck check(final int stag) {
        return StagTable.check(table.find(stag), DOMAIN, ACCESS, memory.address(), Long.BYTES);
    }
}
