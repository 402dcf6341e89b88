package io.rnic.emu.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rnic.emu.engine.InvokerDoorbell;
import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A peer's RDMA Write goes into a region while another thread deregisters it; when that is done, its memory is used
 * for something else.
 */
@JCStressTest
@Outcome(id = {"0, 2", "1, 2"}, expect = ACCEPTABLE, desc = "It was written before, or not at all.")
@Outcome(id = ".*", expect = FORBIDDEN, desc = "It was written after the deregistration.")
@State
public class DeregisterStress {
    private static final long WRITTEN = 1;
    private static final long SOMETHING_ELSE = 2;

    private final StartLine startLine = new StartLine();
    private final Rig rig = Rig.of(1, 1, nic -> new InvokerDoorbell(Rig.ENGINE, nic));
    private final Rig peer = Rig.of(1, 1);
    private final long cell = Rig.cell();
    private final MemoryEntry entry;
    private final SendRequest write;

    /** Registers, and connects. */
    public DeregisterStress() {
        Rig.set(cell, 0);
        entry = Rig.register(cell);
        write = new SendRequest().write(0, cell, entry.stag())
            .inline(MemorySegment.ofArray(new long[] {WRITTEN}), 0, Long.BYTES);
        LoopbackLink.connect(Rig.ENGINE, FaultPlan.NONE, null, rig.nic, peer.nic);
        rig.nic.move(QueuePairState.INIT, QueuePairState.RTS);
        peer.nic.move(QueuePairState.INIT, QueuePairState.RTS);
    }

    /** Writes: this thread does the NIC's work. */
    @Actor
    public void nic() {
        startLine.await();
        rig.host.post(write);
    }

    /** Revokes, then uses the memory for something else. */
    @Actor
    public void owner(final II_Result r) {
        startLine.await();
        Rig.deregister(entry);
        Rig.ENGINE.awaitGracePeriod();
        r.r1 = (int) Rig.get(cell);
        Rig.set(cell, SOMETHING_ELSE);
    }

    /** Looks what is in the memory. */
    @Arbiter
    public void result(final II_Result r) {
        r.r2 = (int) Rig.get(cell);
    }
}
