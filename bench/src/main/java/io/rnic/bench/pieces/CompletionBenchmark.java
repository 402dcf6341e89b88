package io.rnic.bench.pieces;

import io.rnic.verbs.CompletionOpcode;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Push and poll, in one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CompletionBenchmark {
    private static final int BATCH = 32;

    private final Ends ends = new Ends();
    private long pushed;

    /** Makes it. */
    public CompletionBenchmark() {
    }

    /** One is pushed, one is polled. */
    @Benchmark
    public int pushPoll() {
        ends.push(CompletionOpcode.RECEIVE, pushed++);
        return ends.reader.poll(completion -> { }, 1);
    }

    /** Many are pushed, then polled at once. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int pushPollBatch() {
        for (int i = 0; i < BATCH; i++) {
            ends.push(CompletionOpcode.RECEIVE, pushed++);
        }
        return ends.reader.poll(completion -> { }, BATCH);
    }

    /** A poll that finds nothing. */
    @Benchmark
    public int pollNothing() {
        return ends.reader.poll(completion -> { }, 1);
    }
}
