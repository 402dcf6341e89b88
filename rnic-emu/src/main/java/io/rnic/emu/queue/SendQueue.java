package io.rnic.emu.queue;

import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.MemoryFaults;
import io.rnic.emu.host.SegmentCopy;
import io.rnic.verbs.Access;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SgeList;
import java.lang.foreign.MemorySegment;

/**
 * The host's half of a send queue: writes slots, remembers the application's numbers, frees slots by what was polled.
 * One poster at a time (the caller locks); {@link #retire} may run at the same time in another thread.
 */
public final class SendQueue extends PostedRequests {
    private static final int RTS = QueuePairState.RTS.code();
    private static final int SEND = Opcode.SEND.code();
    private static final int WRITE = Opcode.RDMA_WRITE.code();
    private static final int READ = Opcode.RDMA_READ.code();
    private static final long REMOTE = Access.bits(Access.REMOTE_READ, Access.REMOTE_WRITE, Access.REMOTE_ATOMIC);

    private final MemorySegment segment;
    private final long slots;
    private final long doorbell;
    private final int stride;
    private final int maxSges;
    private final int maxInlineBytes;
    private final int maxMessageBytes;
    /** The flag that every request gets. */
    private final int signalAll;

    SendQueue(final QueueBlocks blocks, final QueueLimits limits) {
        super(limits.maxSendRequests());
        segment = blocks.send().segment();
        slots = blocks.send().address();
        doorbell = blocks.doorbell().address();
        stride = SendSlotLayout.stride(limits.maxSendSges(), limits.maxInlineBytes());
        maxSges = limits.maxSendSges();
        maxInlineBytes = limits.maxInlineBytes();
        maxMessageBytes = limits.maxMessageBytes();
        signalAll = limits.signalAll() ? SendSlotLayout.SIGNALLED : 0;
    }

    /** Writes one request into the next slot; the NIC sees it when {@link #publish} says so. */
    PostResult enqueue(final SendRequest request, final int state) {
        if (state < RTS) {
            return PostResult.WRONG_STATE;
        }
        if (isFull()) {
            return PostResult.QUEUE_FULL;
        }
        final int slot = nextSlot() * stride;
        final MemorySegment inline = request.inlineSegment();
        final PostResult result = inline == null ? writePieces(request, slot) : writeInline(request, inline, slot);
        if (result == PostResult.OK) {
            add(request.wrId());
        }
        return result;
    }

    /** The same for a Send, Write or Read of one piece that is given field by field. */
    PostResult enqueue(final int state, final int opcode, final boolean signalled, final long wrId,
        final long remoteAddress, final int rkey, final long address, final int length, final int lkey) {
        if (state < RTS) {
            return PostResult.WRONG_STATE;
        }
        if (isFull()) {
            return PostResult.QUEUE_FULL;
        }
        if (length < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        if (length > maxMessageBytes) {
            return PostResult.MESSAGE_TOO_LONG;
        }
        final int slot = nextSlot() * stride;
        SgeLayout.write(slots, SendSlotLayout.sge(slot, 0), address, length, lkey);
        writeHeader(slot, opcode, signalled ? SendSlotLayout.SIGNALLED : 0, 1, length);
        if (opcode != SEND) {
            writeRemote(slot, remoteAddress, rkey);
        }
        add(wrId);
        return PostResult.OK;
    }

    private PostResult writePieces(final SendRequest request, final int slot) {
        final SgeList sges = request.sges();
        final int count = sges.count();
        if (count > maxSges) {
            return PostResult.TOO_MANY_SGES;
        }
        if (count > 1 && request.opcode() == Opcode.RDMA_READ) {
            return PostResult.READ_SINKS;
        }
        final long length = SgeLayout.messageLength(sges, count);
        if (length < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        if (length > maxMessageBytes) {
            return PostResult.MESSAGE_TOO_LONG;
        }
        if (count > 0) { // the usual case out of the loop
            SgeLayout.write(slots, SendSlotLayout.sge(slot, 0), sges.address(0), sges.length(0), sges.lkey(0));
        }
        for (int i = 1; i < count; i++) {
            SgeLayout.write(slots, SendSlotLayout.sge(slot, i), sges.address(i), sges.length(i), sges.lkey(i));
        }
        return writeRest(request, slot, 0, count, (int) length);
    }

    private PostResult writeInline(final SendRequest request, final MemorySegment data, final int slot) {
        final int length = request.inlineLength();
        if (request.opcode() == Opcode.RDMA_READ || request.sges().count() != 0) {
            return PostResult.INLINE_MISPLACED;
        }
        if (length < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        if (length > maxInlineBytes) {
            return PostResult.INLINE_TOO_LONG;
        }
        final boolean interrupted = InterruptStatus.isSet();
        try {
            SegmentCopy.copy(data, request.inlineOffset(), segment, slot + SendSlotLayout.PAYLOAD, length);
            MemoryFaults.settle();
        } catch (final IndexOutOfBoundsException | IllegalStateException | WrongThreadException | InternalError e) {
            InterruptStatus.restore(interrupted);
            return PostResult.INLINE_UNREADABLE;
        }
        return writeRest(request, slot, SendSlotLayout.INLINE, 0, length);
    }

    /** All but pieces or inline data. */
    private PostResult writeRest(
        final SendRequest request, final int slot, final int flag, final int sgeCount, final int length) {
        final int opcode = request.opcode().code();
        writeHeader(slot, opcode, flag | (request.flags() << SendSlotLayout.FLAGS), sgeCount, length);
        if (opcode != SEND) {
            writeRemote(slot, request.remoteAddress(), request.rkey());
            if (opcode != WRITE && opcode != READ) {
                return writeOther(request, slot, flag, sgeCount, length);
            }
        }
        return PostResult.OK;
    }

    private void writeHeader(final int slot, final int opcode, final int flags, final int sgeCount, final int length) {
        Words.putLong(slots + slot + SendSlotLayout.CONTROL,
            SendSlotLayout.control(opcode, flags | signalAll, sgeCount, length));
    }

    private void writeRemote(final int slot, final long remoteAddress, final int rkey) {
        Words.putLong(slots + slot + SendSlotLayout.REMOTE_ADDRESS, remoteAddress);
        Words.putInt(slots + slot + SendSlotLayout.RKEY, rkey);
    }

    /** What only requests beside Send, Write and Read have; a slot that is refused is written again. */
    private PostResult writeOther(
        final SendRequest request, final int slot, final int flag, final int sgeCount, final int length) {
        return switch (request.opcode()) {
            case ATOMIC_COMPARE_AND_SWAP, ATOMIC_FETCH_AND_ADD ->
                sgeCount == 1 && length == Long.BYTES ? writeOperands(request, slot) : PostResult.ATOMIC_SINK;
            case SEND_WITH_IMMEDIATE, RDMA_WRITE_WITH_IMMEDIATE -> {
                Words.putLong(slots + slot + SendSlotLayout.IMMEDIATE, request.operand());
                yield PostResult.OK;
            }
            case LOCAL_INVALIDATE -> flag == 0 && sgeCount == 0 ? PostResult.OK : PostResult.NO_MEMORY_TAKEN;
            case BIND_MEMORY_WINDOW -> flag == 0 && sgeCount == 1 && length == 0 ? writeBinding(request, slot)
                : PostResult.NO_MEMORY_TAKEN;
            default -> PostResult.OK;
        };
    }

    private PostResult writeBinding(final SendRequest request, final int slot) {
        if (request.operand() < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        if ((request.comparand() & ~REMOTE) != 0) {
            return PostResult.WINDOW_ACCESS;
        }
        return writeOperands(request, slot);
    }

    private PostResult writeOperands(final SendRequest request, final int slot) {
        Words.putLong(slots + slot + SendSlotLayout.OPERAND, request.operand());
        Words.putLong(slots + slot + SendSlotLayout.COMPARAND, request.comparand());
        return PostResult.OK;
    }

    /** Whether something was enqueued that the NIC does not know of. */
    boolean hasUnpublished() {
        return posted() != Words.getLong(doorbell + DoorbellLayout.SEND_COUNT);
    }

    /** All that was enqueued is the NIC's now. Pairs with the NIC's load acquire of SEND_COUNT. */
    void publish() {
        Words.putLongRelease(doorbell + DoorbellLayout.SEND_COUNT, posted());
    }

    /** Forgets everything; the NIC's half must do the same. */
    void reset() {
        forget();
        Words.putLongRelease(doorbell + DoorbellLayout.SEND_COUNT, 0);
    }
}
