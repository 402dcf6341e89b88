package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.engine.Terminate;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.verbs.ReceiveRequest;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A receive slot is written, then RECEIVE_COUNT; the NIC reads RECEIVE_COUNT, then the slot. */
@JCStressTest
@Outcome(id = "[0-4]", expect = ACCEPTABLE, desc = "What was taken was whole and in order.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "A slot was taken before it was written.")
@State
public class ReceiveSlotStress {
    private static final int RECEIVES = 4;
    private static final int TRIES = 12;

    private final StartLine startLine = new StartLine();
    private final Rig rig = Rig.of(RECEIVES, RECEIVES).connect(SequenceLink.ascending());
    private final long[] cells = new long[RECEIVES];
    private final ReceiveRequest[] receives = new ReceiveRequest[RECEIVES];
    private final MemorySegment[] messages = new MemorySegment[RECEIVES];

    /** Prepares what is posted and sent. */
    public ReceiveSlotStress() {
        for (int i = 0; i < RECEIVES; i++) {
            cells[i] = Rig.cell();
            receives[i] = new ReceiveRequest().receive(i).sge(cells[i], Long.BYTES, Rig.key());
            messages[i] = MemorySegment.ofArray(new long[] {cells[i]});
        }
    }

    /** Posts. */
    @Actor
    public void host() {
        startLine.await();
        for (final ReceiveRequest receive : receives) {
            rig.host.receives().post(receive);
        }
    }

    /** Takes: each message must come into its cell. */
    @Actor
    public void nic(final I_Result r) {
        startLine.await();
        int taken = 0;
        for (int i = 0; i < TRIES && taken < RECEIVES; i++) {
            final int result = rig.deliver(messages[taken]);
            if (result == Terminate.NONE && Rig.get(cells[taken]) == cells[taken]) {
                taken++;
            } else if (result != TerminateCode.NO_BUFFER) {
                r.r1 = -1;
                return;
            }
        }
        r.r1 = taken;
    }
}
