package io.rnic.emu.stress;

import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A peer that writes into a region, and the region's owner, who revokes it and uses the memory for something else. */
final class Revocation {
    private static final long WRITTEN = 1;
    private static final long SOMETHING_ELSE = 2;

    private final StartLine startLine = new StartLine();
    private final Rig rig = Rig.of(1, 1, QueuePairContext::invokerDoorbell);
    private final Rig peer = Rig.of(1, 1);
    private final long cell = Rig.cell();
    private final MemoryEntry entry;
    private final SendRequest write;

    /** Registers, and connects. */
    Revocation() {
        Rig.set(cell, 0);
        entry = Rig.register(cell);
        write = new SendRequest().write(0, cell, entry.stag())
            .inline(MemorySegment.ofArray(new long[] {WRITTEN}), 0, Long.BYTES);
        LoopbackLink.connect(Rig.ENGINE, FaultPlan.NONE, null, rig.nic, peer.nic);
        rig.nic.move(QueuePairState.INIT, QueuePairState.RTS);
        peer.nic.move(QueuePairState.INIT, QueuePairState.RTS);
    }

    void write() {
        startLine.await();
        rig.host.sends().post(write);
    }

    /** Revokes in that way; returns what was written until then. */
    int revoke(final Consumer<MemoryEntry> way) {
        startLine.await();
        way.accept(entry);
        Rig.ENGINE.awaitGracePeriod();
        final int written = (int) Rig.get(cell);
        Rig.set(cell, SOMETHING_ELSE);
        return written;
    }

    void giveBack() {
        Rig.deregister(entry);
    }

    int found() {
        return (int) Rig.get(cell);
    }
}
