package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.SendRequest;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread posts Writes that are pushed, all but the first, while another works on the same queue pair and polls their
 * completions: it finds each with its number, in its turn, when its bytes are there, and no more places free than there
 * are.
 */
@JCStressTest
@Outcome(id = "3, 0", expect = ACCEPTABLE, desc = "All were done and completed.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "One was lost, or found by another number or too early.")
@State
public class PushStress {
    private static final int TIMES = 3;
    private static final int REQUESTS = 4;

    private final StartLine startLine = new StartLine();
    private final long target = Rig.cell();
    private final MemoryEntry region = Rig.register(target);
    private final Rig rig = Rig.of(REQUESTS, 4, QueuePairContext::invokerDoorbell)
        .connect(Rig.of(REQUESTS, 4));
    private final SendRequest[] requests = new SendRequest[TIMES];
    private int completed;
    private int wrong;

    /** Makes the requests: each writes its number. */
    public PushStress() {
        Rig.set(target, 0);
        for (int i = 0; i < TIMES; i++) {
            final long source = Rig.cell();
            Rig.set(source, i + 1);
            requests[i] = new SendRequest().write(i + 1, target, region.stag()).sge(source, Long.BYTES, Rig.key());
        }
    }

    /** Posts and rings. */
    @Actor
    public void poster() {
        startLine.await();
        for (final SendRequest request : requests) {
            rig.host.sends().post(request);
        }
    }

    /** Works and polls. */
    @Actor
    public void worker() {
        startLine.await();
        for (int i = 0; i < TIMES; i++) {
            Rig.ENGINE.process(rig.nic);
            rig.reader.poll(this::check, 1);
        }
    }

    private void check(final Completion completion) {
        completed++;
        if (completion.wrId() != completed || completion.status() != CompletionStatus.SUCCESS
            || Rig.get(target) < completed || rig.host.sendSpace() > REQUESTS) {
            wrong++;
        }
    }

    /** Polls the others. */
    @Arbiter
    public void result(final II_Result r) {
        rig.reader.poll(this::check, TIMES + 1);
        Rig.deregister(region);
        r.r1 = completed;
        r.r2 = wrong;
    }
}
