package io.rnic.bench.pieces;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.host.SeparateLock;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Lock and unlock, with nobody else about: by the thread that owns the lock, or after another has ended that. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LockBenchmark {
    /** Whether the bias has ended. */
    @Param({"false", "true"})
    public boolean revoked;

    private final BiasedLock lock = new SeparateLock();
    private int count;

    /** Makes it. */
    public LockBenchmark() {
    }

    /** Takes it, and lets another thread take it. */
    @Setup
    public void own() throws InterruptedException {
        lockUnlock();
        if (revoked) {
            final Thread other = new Thread(this::lockUnlock);
            other.start();
            other.join();
        }
    }

    /** In and out. */
    @Benchmark
    public int lockUnlock() {
        lock.lock();
        count++;
        lock.unlock();
        return count;
    }
}
