package io.rnic.bench.pieces;

import io.rnic.emu.host.Crossing;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Into the kernel and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CrossingBenchmark {
    /** What a crossing is. */
    @Param({"null-syscall", "none"})
    public String crossing;

    private Crossing way;

    /** Makes it. */
    public CrossingBenchmark() {
    }

    /** Finds the crossing of that name. */
    @Setup
    public void find() {
        way = Crossing.parse(crossing);
    }

    /** There and back. */
    @Benchmark
    public void cross() {
        way.cross();
    }
}
