package io.rnic.emu.engine;

import io.rnic.emu.memory.AccessCheck;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Opcode;
import org.jspecify.annotations.Nullable;

/**
 * The send side's requests beside plain Send, Write and Read, which are kept out of their way: atomics, messages whose
 * end carries something or is solicited, and changes of what STags stand for.
 *
 * <p>What makes an STag invalid (an invalidation of either side, another binding of a window) completes only when no
 * thread uses it any more: the work is left for a grace period meanwhile, with the send side's lock held.
 */
final class OtherRequests {
    private static final int LOCAL_WRITE = Access.LOCAL_WRITE.bit();
    private static final int SEND = Opcode.SEND.code();
    private static final int WRITE = Opcode.RDMA_WRITE.code();

    private final Engine engine;
    private final StagTable stags;
    private final LocalMemory memory;
    private final SendSide sender;

    OtherRequests(final Engine engine, final StagTable stags, final LocalMemory memory, final SendSide sender) {
        this.engine = engine;
        this.stags = stags;
        this.memory = memory;
        this.sender = sender;
    }

    static CompletionOpcode completionOpcode(final int opcode) {
        return switch (Opcode.of(opcode)) {
            case null -> CompletionOpcode.SEND; // of an error, which says nothing of its request but the number
            case SEND, SEND_WITH_IMMEDIATE, SEND_WITH_INVALIDATE -> CompletionOpcode.SEND;
            case RDMA_WRITE, RDMA_WRITE_WITH_IMMEDIATE -> CompletionOpcode.RDMA_WRITE;
            case RDMA_READ -> CompletionOpcode.RDMA_READ;
            case ATOMIC_COMPARE_AND_SWAP -> CompletionOpcode.ATOMIC_COMPARE_AND_SWAP;
            case ATOMIC_FETCH_AND_ADD -> CompletionOpcode.ATOMIC_FETCH_AND_ADD;
            case LOCAL_INVALIDATE -> CompletionOpcode.LOCAL_INVALIDATE;
            case BIND_MEMORY_WINDOW -> CompletionOpcode.BIND_MEMORY_WINDOW;
        };
    }

    static void count(final SendFlow flow, final int opcode, final int length) {
        switch (completionOpcode(opcode)) {
            case SEND -> {
                flow.untagged++;
                flow.untaggedBytes += length;
            }
            case RDMA_WRITE -> {
                flow.writes++;
                flow.writeBytes += length;
            }
            case ATOMIC_COMPARE_AND_SWAP, ATOMIC_FETCH_AND_ADD -> flow.atomics++;
            default -> flow.seldom.stagChanges++;
        }
    }

    /** Does the request of a slot; comes back as a {@link DirectLink} does. */
    int execute(final QueuePairContext queuePair, final DirectLink link, final EngineThread self, final int slot,
        final long control) {
        return switch (Opcode.of(SendSlotLayout.opcode(control))) {
            case null -> Terminate.OPCODE_FAULT; // the slot is the application's: it may hold anything
            // Only a Send, or a Write with immediate data, can be solicited.
            case RDMA_WRITE -> sender.message(queuePair, link, self, slot, control, WRITE, true);
            case RDMA_READ -> sender.read(queuePair, link, slot, control);
            case SEND, SEND_WITH_IMMEDIATE, SEND_WITH_INVALIDATE ->
                send(queuePair, link, self, slot, control);
            case RDMA_WRITE_WITH_IMMEDIATE -> write(queuePair, link, self, slot, control);
            case ATOMIC_COMPARE_AND_SWAP -> atomic(queuePair, link, slot, true);
            case ATOMIC_FETCH_AND_ADD -> atomic(queuePair, link, slot, false);
            case LOCAL_INVALIDATE -> invalidate(queuePair, self, slot);
            case BIND_MEMORY_WINDOW -> bind(queuePair, self, slot);
        };
    }

    /** First the bytes, then the STag is made invalid, then the receive completes. */
    private int send(final QueuePairContext queuePair, final DirectLink link, final EngineThread self, final int slot,
        final long control) {
        int result = sender.message(queuePair, link, self, slot, control, SEND, false);
        long carried = 0;
        long value = 0;
        if (SendSlotLayout.opcode(control) == Opcode.SEND_WITH_INVALIDATE.code() && result == Terminate.NONE) {
            final int stag = Words.getInt(queuePair.send.slots + slot + SendSlotLayout.RKEY);
            carried = CompletionLayout.INVALIDATED;
            value = stag;
            result = link.invalidate(stag);
            if (result == Terminate.NONE) {
                result = engine.awaitRevocation(queuePair, self);
            }
        } else if (SendSlotLayout.opcode(control) == Opcode.SEND_WITH_IMMEDIATE.code()) {
            carried = CompletionLayout.IMMEDIATE;
            value = Words.getLong(queuePair.send.slots + slot + SendSlotLayout.IMMEDIATE);
        }
        return result != Terminate.NONE ? result : link.finish(CompletionOpcode.RECEIVE,
            SendSlotLayout.messageLength(control), carried, value, SendSlotLayout.isSolicited(control));
    }

    private int write(final QueuePairContext queuePair, final DirectLink link, final EngineThread self, final int slot,
        final long control) {
        final int result = sender.message(queuePair, link, self, slot, control, WRITE, false);
        return result != Terminate.NONE ? result : link.finish(CompletionOpcode.RECEIVE_RDMA_WITH_IMMEDIATE,
            SendSlotLayout.messageLength(control), CompletionLayout.IMMEDIATE,
            Words.getLong(queuePair.send.slots + slot + SendSlotLayout.IMMEDIATE), SendSlotLayout.isSolicited(control));
    }

    /** The place for the original value is checked before the request leaves. */
    private int atomic(final QueuePairContext queuePair, final DirectLink link, final int slot, final boolean swaps) {
        if (queuePair.reads().ord() == 0) {
            return Terminate.NO_READS;
        }
        final long slots = queuePair.send.slots;
        final int sge = SendSlotLayout.sge(slot, 0);
        final long sinkAddress = Words.getLong(slots + sge + SgeLayout.ADDRESS);
        final int sinkKey = SgeLayout.lkey(Words.getLong(slots + sge + SgeLayout.EXTENT));
        if (memory.find(queuePair, sinkKey, LOCAL_WRITE, sinkAddress, Long.BYTES) == null) {
            return Terminate.LOCAL_FAULT;
        }
        return link.atomic(Words.getInt(slots + slot + SendSlotLayout.RKEY),
            Words.getLong(slots + slot + SendSlotLayout.REMOTE_ADDRESS), swaps,
            Words.getLong(slots + slot + SendSlotLayout.OPERAND),
            Words.getLong(slots + slot + SendSlotLayout.COMPARAND), sinkKey, sinkAddress);
    }

    int invalidate(final QueuePairContext queuePair, final EngineThread self, final int slot) {
        final int stag = Words.getInt(queuePair.send.slots + slot + SendSlotLayout.RKEY);
        final AccessCheck check = stags.invalidate(stag, queuePair.domain, false);
        if (check != AccessCheck.OK) {
            note(queuePair, check, stags.named(stag), CompletionOpcode.LOCAL_INVALIDATE, stag, 0, 0, 0);
            return Terminate.LOCAL_FAULT;
        }
        return engine.awaitRevocation(queuePair, self);
    }

    int bind(final QueuePairContext queuePair, final EngineThread self, final int slot) {
        final long slots = queuePair.send.slots;
        final int stag = Words.getInt(slots + slot + SendSlotLayout.RKEY);
        final int regionKey = SgeLayout.lkey(Words.getLong(slots + SendSlotLayout.sge(slot, 0) + SgeLayout.EXTENT));
        final long address = Words.getLong(slots + slot + SendSlotLayout.REMOTE_ADDRESS);
        final long length = Words.getLong(slots + slot + SendSlotLayout.OPERAND);
        final int access = (int) Words.getLong(slots + slot + SendSlotLayout.COMPARAND);
        final AccessCheck check = stags.bind(stag, queuePair.domain, regionKey, address, length, access);
        if (check != AccessCheck.OK) {
            noteBinding(queuePair, check, stag, regionKey, access, address, length);
            return Terminate.BIND_FAULT;
        }
        return engine.awaitRevocation(queuePair, self);
    }

    /** Finds out which of the two was refused: if it is the window, the fault has its STag and no bytes. */
    private void noteBinding(final QueuePairContext queuePair, final AccessCheck check, final int stag,
        final int regionKey, final int access, final long address, final long length) {
        final MemoryEntry window = stags.named(stags.windowStag(stag));
        final MemoryEntry region = stags.find(regionKey);
        final boolean windowFits = window != null && window.isWindow() && window.domain() == queuePair.domain
            && window.stag() != stag; // the key that it has already
        final boolean regionFits = length == 0
            || (region != null && !region.isWindow() && region.domain() == queuePair.domain);
        if (!windowFits || (check == AccessCheck.INVALID_STAG && regionFits)) {
            note(queuePair, check, null, CompletionOpcode.BIND_MEMORY_WINDOW, stag, 0, 0, 0);
        } else {
            note(queuePair, check, region, CompletionOpcode.BIND_MEMORY_WINDOW, regionKey,
                StagTable.neededToBind(access), address, length);
        }
    }

    private static void note(final QueuePairContext queuePair, final AccessCheck check,
        final @Nullable MemoryEntry entry, final CompletionOpcode operation, final int stag, final int access,
        final long address, final long length) {
        queuePair.note(
            Fault.of(check, entry, operation, queuePair.send.taken, stag, access, address, length, Terminate.NONE));
    }
}
