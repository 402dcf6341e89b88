package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.PostResult;
import io.rnic.verbs.SendRequest;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The host posts a request and rings while the NIC moves the queue pair to ERROR and flushes its send queue. */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Done or flushed, by one of the two.")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "Posted and never completed.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "Refused, or completed twice.")
@State
public class FlushSendStress {
    private final StartLine startLine = new StartLine();
    private final SequenceLink link = SequenceLink.equal();
    private final Rig rig = Rig.of(1, 2, FlushSendStress::doorbell).connect(link);
    private final SendRequest request = SequenceLink.request(0);

    private static Doorbell doorbell(final QueuePairContext nic) {
        return nic.invokerDoorbell();
    }

    /** Posts and rings. */
    @Actor
    public void host(final II_Result r) {
        startLine.await();
        r.r1 = rig.host.sends().post(request) == PostResult.OK ? 1 : 0;
    }

    /** Moves to ERROR. */
    @Actor
    public void nic() {
        startLine.await();
        Rig.ENGINE.error(rig.nic);
    }

    /** Counts what completed. */
    @Arbiter
    public void result(final II_Result r) {
        r.r2 = rig.reader.poll(completion -> { }, 2);
    }
}
