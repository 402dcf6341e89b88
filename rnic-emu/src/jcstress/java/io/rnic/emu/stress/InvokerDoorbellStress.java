package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.queue.Doorbell;
import io.rnic.verbs.SendRequest;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread posts and rings, which is to do the NIC's work under the lock it holds, while another works on the same
 * queue pair.
 */
@JCStressTest
@Outcome(id = "3, 3", expect = ACCEPTABLE, desc = "All was taken and completed.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "A request was lost, torn or left in the queue.")
@State
public class InvokerDoorbellStress {
    private static final int TIMES = 3;

    private final StartLine startLine = new StartLine();
    private final SequenceLink link = SequenceLink.equal();
    private final Rig rig = Rig.of(4, 4, InvokerDoorbellStress::doorbell).connect(link);
    private final SendRequest request = SequenceLink.request(0);

    private static Doorbell doorbell(final QueuePairContext nic) {
        return nic.invokerDoorbell();
    }

    /** Posts and rings. */
    @Actor
    public void poster() {
        startLine.await();
        for (int i = 0; i < TIMES; i++) {
            rig.host.sends().post(request);
        }
    }

    /** Works. */
    @Actor
    public void worker() {
        startLine.await();
        for (int i = 0; i < TIMES; i++) {
            Rig.ENGINE.process(rig.nic);
        }
    }

    /** Counts what was taken and what completed. */
    @Arbiter
    public void result(final II_Result r) {
        r.r1 = link.taken();
        r.r2 = rig.reader.poll(completion -> { }, TIMES + 1);
    }
}
