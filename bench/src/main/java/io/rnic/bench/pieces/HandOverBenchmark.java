package io.rnic.bench.pieces;

import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.CompletionOpcode;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Control;

/**
 * One thread pushes whenever there is room, another polls: the time is that of one completion in a stream.
 *
 * <pre>
 *   push --entries--&gt; poll
 *        &lt;-CONSUMED--
 * </pre>
 */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandOverBenchmark {
    private static final int SPINS_BEFORE_YIELD = 200;

    private final Ends ends = new Ends();
    private final long ring = ends.ring.address();
    private long pushed;
    private long consumed;

    /** Makes it. */
    public HandOverBenchmark() {
    }

    /** Pushes one. */
    @Benchmark
    @Group("handOver")
    public void push(final Control control) {
        for (int spins = 0; pushed - consumed >= Ends.COMPLETIONS; spins++) {
            consumed = Words.getLongVolatile(ring + CompletionLayout.CONSUMED);
            if (control.stopMeasurement) {
                return;
            }
            pause(spins);
        }
        ends.push(CompletionOpcode.RECEIVE, pushed++);
    }

    /** Polls one. */
    @Benchmark
    @Group("handOver")
    public void poll(final Control control) {
        for (int spins = 0; ends.reader.poll(completion -> { }, 1) == 0 && !control.stopMeasurement; spins++) {
            pause(spins);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // the other thread may need this core
    private static void pause(final int spins) {
        if (spins < SPINS_BEFORE_YIELD) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }
}
