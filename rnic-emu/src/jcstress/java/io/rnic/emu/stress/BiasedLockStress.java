package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.host.SeparateLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Whoever comes first owns the lock; the other ends that, while the owner goes in and out. */
@JCStressTest
@Outcome(id = "8", expect = ACCEPTABLE, desc = "One at a time.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "Both were inside at the same time.")
@State
public class BiasedLockStress {
    private static final int TIMES = 4;

    private final StartLine startLine = new StartLine();
    private final BiasedLock lock = new SeparateLock();
    /** Plain on purpose: only the lock makes the sum right. */
    private int sum;

    /** Goes in and out. */
    @Actor
    public void first() {
        startLine.await();
        addOften();
    }

    /** Goes in and out. */
    @Actor
    public void second() {
        startLine.await();
        addOften();
    }

    private void addOften() {
        for (int i = 0; i < TIMES; i++) {
            lock.lock();
            sum++;
            lock.unlock();
        }
    }

    /** Looks at the sum. */
    @Arbiter
    public void result(final I_Result r) {
        r.r1 = sum;
    }
}
