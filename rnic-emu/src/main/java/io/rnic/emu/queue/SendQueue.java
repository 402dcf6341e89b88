package io.rnic.emu.queue;

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

    private final MemorySegment segment;
    private final Words slots;
    private final Words doorbell;
    private final int stride;
    private final int maxSges;
    private final int maxInlineBytes;
    private final int maxMessageBytes;
    private final boolean signalAll;
    SendQueue(final QueueBlocks blocks, final QueueLimits limits) {
        super(limits.maxSendRequests());
        segment = blocks.send().segment();
        slots = blocks.send().words();
        doorbell = blocks.doorbell().words();
        stride = SendSlotLayout.stride(limits.maxSendSges(), limits.maxInlineBytes());
        maxSges = limits.maxSendSges();
        maxInlineBytes = limits.maxInlineBytes();
        maxMessageBytes = limits.maxMessageBytes();
        signalAll = limits.signalAll();
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

    /** The same for a request of one piece that is given field by field. */
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
        writeHeader(slot, opcode, signalled, 0, 1, length);
        writeRemote(slot, opcode, remoteAddress, rkey);
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
        final int opcode = request.opcode().code();
        writeHeader(slot, opcode, request.signalled(), 0, count, (int) length);
        writeRemote(slot, opcode, request.remoteAddress(), request.rkey());
        return PostResult.OK;
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
        try {
            MemorySegment.copy(data, request.inlineOffset(), segment, slot + SendSlotLayout.PAYLOAD, length);
        } catch (final IndexOutOfBoundsException | IllegalStateException | WrongThreadException e) {
            return PostResult.INLINE_UNREADABLE;
        }
        final int opcode = request.opcode().code();
        writeHeader(slot, opcode, request.signalled(), SendSlotLayout.INLINE, 0, length);
        writeRemote(slot, opcode, request.remoteAddress(), request.rkey());
        return PostResult.OK;
    }

    private void writeHeader(final int slot, final int opcode, final boolean signalled, final int flag,
        final int sgeCount, final int length) {
        final int flags = flag | (signalled || signalAll ? SendSlotLayout.SIGNALLED : 0);
        slots.putLong(slot + SendSlotLayout.CONTROL, SendSlotLayout.control(opcode, flags, sgeCount, length));
    }

    private void writeRemote(final int slot, final int opcode, final long remoteAddress, final int rkey) {
        if (opcode != SEND) {
            slots.putLong(slot + SendSlotLayout.REMOTE_ADDRESS, remoteAddress);
            slots.putInt(slot + SendSlotLayout.RKEY, rkey);
        }
    }

    /** Whether something was enqueued that the NIC does not know of. */
    boolean hasUnpublished() {
        return posted() != doorbell.getLong(DoorbellLayout.SEND_COUNT);
    }

    /** All that was enqueued is the NIC's now. Pairs with the NIC's load acquire of SEND_COUNT. */
    void publish() {
        doorbell.putLongRelease(DoorbellLayout.SEND_COUNT, posted());
    }

    /** Forgets everything; the NIC's half must do the same. */
    void reset() {
        forget();
        doorbell.putLongRelease(DoorbellLayout.SEND_COUNT, 0);
    }
}
