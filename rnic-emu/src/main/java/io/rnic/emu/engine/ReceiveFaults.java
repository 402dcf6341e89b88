package io.rnic.emu.engine;

import io.rnic.emu.memory.AccessCheck;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.emu.queue.Words;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Diagnosis.Check;
import org.jspecify.annotations.Nullable;

/** Notes why what arrived was refused: looks again at what was refused, off the way of what is placed. */
final class ReceiveFaults {
    /** One of these must be allowed to the peer that makes an STag invalid. */
    static final int REMOTE = Access.bits(Access.REMOTE_READ, Access.REMOTE_WRITE, Access.REMOTE_ATOMIC);

    private final LocalMemory memory;

    ReceiveFaults(final LocalMemory memory) {
        this.memory = memory;
    }

    /** Notes why a message of that length so far did not go into the current receive; the caller holds its lock. */
    void noteReceive(final QueuePairContext target, final long length, final int result) {
        final ReceiveFlow flow = target.receive;
        if (result == TerminateCode.MESSAGE_TOO_LONG) {
            target.note(Fault.of(
                Check.RECEIVE_LENGTH, CompletionOpcode.RECEIVE, flow.slotNumber(), length, result));
            return;
        }
        final Fault refused = refusedPiece(target, false);
        final Fault found = refused != null ? refused : refusedPiece(target, true);
        target.note(found != null ? found.with(result)
            : Fault.of(Check.MEMORY, CompletionOpcode.RECEIVE, flow.slotNumber(), length, result));
    }

    private @Nullable Fault refusedPiece(final QueuePairContext target, final boolean looks) {
        final ReceiveFlow flow = target.receive;
        for (int i = 0; i < flow.maxSges; i++) {
            final int sge = flow.slot() + i * SgeLayout.BYTES;
            final long extent = Words.getLong(flow.slots + sge + SgeLayout.EXTENT);
            if (SgeLayout.length(extent) == 0) {
                break; // the end of a list that does not fill the slot
            }
            final Fault found = memory.explain(target, CompletionOpcode.RECEIVE, flow.slotNumber(),
                SgeLayout.lkey(extent), Access.LOCAL_WRITE.bit(), Words.getLong(flow.slots + sge + SgeLayout.ADDRESS),
                SgeLayout.length(extent), looks);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Notes that the host could not place a message that was left in a completion, into the receive's first piece. */
    void noteUnplaced(final QueuePairContext target, final int slotNumber) {
        final int sge = target.receive.slotOf(slotNumber);
        final long extent = Words.getLong(target.receive.slots + sge + SgeLayout.EXTENT);
        final long address = Words.getLong(target.receive.slots + sge + SgeLayout.ADDRESS);
        final Fault found = memory.explain(target, CompletionOpcode.RECEIVE, slotNumber, SgeLayout.lkey(extent),
            Access.LOCAL_WRITE.bit(), address, SgeLayout.length(extent), true);
        // A region that is just being deregistered is not found; nor is a fault whose file is as long as before.
        target.note(found != null && found.check() == Check.MEMORY ? found.with(TerminateCode.DDP_LOCAL_CATASTROPHIC)
            : Fault.gone(CompletionOpcode.RECEIVE, slotNumber, SgeLayout.lkey(extent), Access.LOCAL_WRITE.bit(),
                address, SgeLayout.length(extent), TerminateCode.DDP_LOCAL_CATASTROPHIC));
    }

    /** Notes that the completion queue had no room for a receive's completion, and gives the Terminate. */
    int lost(final QueuePairContext target, final long slotNumber, final int length) {
        target.note(Fault.of(Fault.overrun(target.receive.completions), CompletionOpcode.RECEIVE, slotNumber, length,
            TerminateCode.DDP_LOCAL_CATASTROPHIC));
        return TerminateCode.DDP_LOCAL_CATASTROPHIC;
    }

    /** Notes why an atomic was refused, and gives the Terminate back. */
    int noteAtomic(final QueuePairContext target, final AccessCheck check, final @Nullable MemoryEntry entry,
        final boolean swaps, final int stag, final long address, final int terminate) {
        final Fault found = Fault.of(check, entry,
            swaps ? CompletionOpcode.ATOMIC_COMPARE_AND_SWAP : CompletionOpcode.ATOMIC_FETCH_AND_ADD, Fault.NO_SLOT,
            stag, Access.REMOTE_ATOMIC.bit(), address, Long.BYTES, terminate);
        target.note(terminate == TerminateCode.STREAM_CATASTROPHIC ? found.with(Check.ALIGNMENT) : found);
        return terminate;
    }

    /** Notes why an STag was not made invalid, and gives the Terminate back. */
    int noteInvalidation(final QueuePairContext target, final AccessCheck check, final @Nullable MemoryEntry entry,
        final int stag, final int terminate) {
        target.note(
            Fault.of(check, entry, CompletionOpcode.RECEIVE, Fault.NO_SLOT, stag, REMOTE, 0, 0, terminate));
        return terminate;
    }

    /** Notes that a region's memory is gone while it is registered, and gives the Terminate back. */
    int gone(final QueuePairContext target, final MemoryEntry entry, final CompletionOpcode operation,
        final int access, final long address, final long length, final int terminate) {
        target.note(Fault.of(AccessCheck.OK, entry, operation, Fault.NO_SLOT, entry.stag(), access, address, length,
            terminate));
        return terminate;
    }
}
