package io.rnic.emu.engine;

import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.emu.queue.Words;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Diagnosis.Check;
import org.jspecify.annotations.Nullable;

/** Notes why a send request failed: looks again at what was refused, off the way of those that are done. */
final class SendFaults {
    private final LocalMemory memory;

    SendFaults(final LocalMemory memory) {
        this.memory = memory;
    }

    /** Notes why the request in that slot ended with {@code result}; not called for those that are flushed. */
    void note(final QueuePairContext queuePair, final int slot, final CompletionOpcode operation, final int result) {
        final long slotNumber = queuePair.send.taken - 1;
        if (result == Terminate.NO_READS) {
            queuePair.note(Fault.of(Check.READS, operation, slotNumber, 0, 0));
            return;
        }
        if (result == Terminate.OPCODE_FAULT) {
            queuePair.note(Fault.of(Check.OPCODE, operation, slotNumber, 0, 0));
            return;
        }
        final Fault found = result == Terminate.LOCAL_FAULT ? local(queuePair, slot, operation, slotNumber)
            : remote(queuePair, operation, slotNumber, result);
        queuePair.note(found);
    }

    /** The first piece that is refused; if none is any more, its memory was gone just then. */
    private Fault local(
        final QueuePairContext queuePair, final int slot, final CompletionOpcode operation, final long slotNumber) {
        final Fault refused = local(queuePair, slot, operation, slotNumber, false);
        final Fault found = refused != null ? refused : local(queuePair, slot, operation, slotNumber, true);
        return found != null ? found : Fault.of(Check.MEMORY, operation, slotNumber, SendSlotLayout.messageLength(
            Words.getLong(queuePair.send.slots + slot + SendSlotLayout.CONTROL)), 0);
    }

    private @Nullable Fault local(final QueuePairContext queuePair, final int slot, final CompletionOpcode operation,
        final long slotNumber, final boolean looks) {
        final long control = Words.getLong(queuePair.send.slots + slot + SendSlotLayout.CONTROL);
        final int access = switch (operation) {
            case RDMA_READ, ATOMIC_COMPARE_AND_SWAP, ATOMIC_FETCH_AND_ADD -> Access.LOCAL_WRITE.bit();
            default -> MemoryEntry.LOCAL_READ;
        };
        for (int i = 0; i < SendSlotLayout.sgeCount(control); i++) {
            final int sge = SendSlotLayout.sge(slot, i);
            final long extent = Words.getLong(queuePair.send.slots + sge + SgeLayout.EXTENT);
            final int length = SgeLayout.length(extent);
            final Fault found = length == 0 ? null : memory.explain(queuePair, operation, slotNumber,
                SgeLayout.lkey(extent), access, Words.getLong(queuePair.send.slots + sge + SgeLayout.ADDRESS), length,
                looks);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static Fault remote(
        final QueuePairContext queuePair, final CompletionOpcode operation, final long slotNumber, final int result) {
        final @Nullable Fault refusal = queuePair.link instanceof DirectLink link ? link.refusal() : null;
        final int terminate = Terminate.vendorError(result);
        return refusal == null || refusal.terminate() != terminate
            ? Fault.of(Check.TERMINATE, operation, slotNumber, 0, terminate)
            : refusal.refused(operation, slotNumber, terminate);
    }
}
