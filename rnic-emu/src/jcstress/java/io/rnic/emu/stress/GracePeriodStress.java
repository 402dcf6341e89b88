package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.host.GracePeriod;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread enters, looks something up and writes to it; another revokes it, awaits the grace period and gives the
 * memory to somebody else. No write may come after that.
 */
@JCStressTest
@Outcome(id = {"0, 2", "1, 2", "2, 2", "3, 2"}, expect = ACCEPTABLE, desc = "Used in time, or not found any more.")
@Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "Written to after it was somebody else's.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "Found again after it was revoked.")
@State
public class GracePeriodStress {
    private static final int TIMES = 3;
    private static final int USED = 1;
    private static final int SOMEBODY_ELSES = 2;

    private final StartLine startLine = new StartLine();
    private final GracePeriod gracePeriod = new GracePeriod();
    private final GracePeriod.Participant participant = new GracePeriod.Participant();
    private final int[] memory = new int[1];
    private final AtomicReferenceArray<int @Nullable []> table = new AtomicReferenceArray<>(1);

    /** One thread takes part. */
    public GracePeriodStress() {
        gracePeriod.join(participant);
        table.setPlain(0, memory);
    }

    /** Uses it. */
    @Actor
    public void nic(final II_Result r) {
        startLine.await();
        for (int i = 0; i < TIMES; i++) {
            participant.enter();
            final int[] found = table.getAcquire(0);
            if (found != null) {
                found[0] = USED;
                r.r1++;
            }
            participant.exit();
        }
    }

    /** Revokes and frees it. */
    @Actor
    public void owner() {
        startLine.await();
        table.setRelease(0, null);
        gracePeriod.await();
        memory[0] = SOMEBODY_ELSES;
    }

    /** Looks who wrote last. */
    @Arbiter
    public void result(final II_Result r) {
        r.r2 = memory[0];
    }
}
