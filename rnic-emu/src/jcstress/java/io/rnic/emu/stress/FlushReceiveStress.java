package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.PostResult;
import io.rnic.verbs.ReceiveRequest;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The host posts a receive, then looks at the state; the NIC moves the queue pair to ERROR, then flushes the receives
 * it sees. No fence on the host's side.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Flushed by one of the two.")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "Posted and never flushed.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "Refused, or flushed twice.")
@State
public class FlushReceiveStress {
    private final StartLine startLine = new StartLine();
    private final Rig rig = Rig.of(1, 2, FlushReceiveStress::doorbell);
    private final ReceiveRequest receive = new ReceiveRequest().receive(0).sge(Rig.cell(), Long.BYTES, Rig.key());

    private static Doorbell doorbell(final QueuePairContext nic) {
        return nic.invokerDoorbell();
    }

    /** Posts. */
    @Actor
    public void host(final II_Result r) {
        startLine.await();
        r.r1 = rig.host.receives().post(receive) == PostResult.OK ? 1 : 0;
    }

    /** Moves to ERROR. */
    @Actor
    public void nic() {
        startLine.await();
        Rig.ENGINE.error(rig.nic);
    }

    /** Counts what was flushed. */
    @Arbiter
    public void result(final II_Result r) {
        r.r2 = rig.reader.poll(completion -> { }, 2);
    }
}
