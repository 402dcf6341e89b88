package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A send slot is written, then SEND_COUNT; the NIC reads SEND_COUNT, then the slot. */
@JCStressTest
@Outcome(id = {"0, 1", "1, 1", "2, 1"}, expect = ACCEPTABLE, desc = "What was taken was whole and in order.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "A slot was taken before it was written.")
@State
public class SendSlotStress {
    private final StartLine startLine = new StartLine();
    private final SequenceLink link = SequenceLink.ascending();
    private final Rig rig = Rig.of(2, 2).connect(link);
    private final SendRequest first = SequenceLink.request(0);
    private final SendRequest second = SequenceLink.request(1);

    /** Posts. */
    @Actor
    public void host() {
        startLine.await();
        rig.host.sends().post(first);
        rig.host.sends().post(second);
    }

    /** Takes. */
    @Actor
    public void nic(final II_Result r) {
        startLine.await();
        Rig.ENGINE.process(rig.nic);
        r.r1 = link.taken();
        // A slot whose local memory was refused was not whole either.
        r.r2 = rig.nic.state() == QueuePairState.RTS ? 1 : 0;
    }
}
