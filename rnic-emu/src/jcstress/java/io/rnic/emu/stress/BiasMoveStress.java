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

/** One thread takes the lock so often that the bias comes to it, while another takes it now and then. */
@JCStressTest
@Outcome(id = "0", expect = ACCEPTABLE, desc = "One at a time.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "Both were inside at the same time.")
@State
public class BiasMoveStress {
    /** More than it takes to get the bias. */
    private static final int OFTEN = 1200;
    private static final int SELDOM = 4;

    private final StartLine startLine = new StartLine();
    private final BiasedLock lock = new SeparateLock();
    private int sum;

    /** Takes it often. */
    @Actor
    public void busy() {
        startLine.await();
        add(OFTEN);
    }

    /** Takes it a few times, before, while and after the bias moves. */
    @Actor
    public void other() {
        startLine.await();
        for (int i = 0; i < SELDOM; i++) {
            add(1);
            for (int spins = 0; spins < OFTEN; spins++) {
                Thread.onSpinWait();
            }
        }
    }

    private void add(final int times) {
        for (int i = 0; i < times; i++) {
            lock.lock();
            sum++;
            lock.unlock();
        }
    }

    /** Looks how much of the sum is missing. */
    @Arbiter
    public void result(final I_Result r) {
        r.r1 = OFTEN + SELDOM - sum;
    }
}
