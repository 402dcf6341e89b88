package io.rnic.emu.queue;

import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SgeList;
import org.agrona.concurrent.UnsafeBuffer;

/** The host's half of a receive queue; locking and freeing as in {@link SendQueue}. */
public final class ReceiveQueue {
    private final UnsafeBuffer slots;
    private final UnsafeBuffer doorbell;
    private final PostedRequests requests;
    private final int stride;
    private final int maxSges;
    private final int maxMessageBytes;

    ReceiveQueue(final QueueBlocks blocks, final QueueLimits limits) {
        slots = blocks.receive().buffer();
        doorbell = blocks.doorbell().buffer();
        requests = new PostedRequests(limits.maxReceiveRequests());
        stride = ReceiveSlotLayout.stride(limits.maxReceiveSges());
        maxSges = limits.maxReceiveSges();
        maxMessageBytes = limits.maxMessageBytes();
    }

    PostResult enqueue(final ReceiveRequest request, final int state) {
        if (state < QueuePairState.INIT.code()) {
            return PostResult.WRONG_STATE;
        }
        if (requests.isFull()) {
            return PostResult.QUEUE_FULL;
        }
        final SgeList sges = request.sges();
        final int count = sges.count();
        if (count > maxSges) {
            return PostResult.TOO_MANY_SGES;
        }
        final long length = SgeLayout.messageLength(sges);
        if (length < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        if (length > maxMessageBytes) {
            return PostResult.MESSAGE_TOO_LONG;
        }
        writePieces(sges, requests.nextSlot() * stride);
        requests.add(request.wrId());
        return PostResult.OK;
    }

    /** Leaves out pieces of length 0, so that one in a slot can only be the end of the list. */
    private void writePieces(final SgeList sges, final int slot) {
        int sge = slot;
        for (int i = 0; i < sges.count(); i++) {
            if (sges.length(i) != 0) {
                SgeLayout.write(slots, sge, sges, i);
                sge += SgeLayout.BYTES;
            }
        }
        if (sge < slot + maxSges * SgeLayout.BYTES) {
            slots.putInt(sge + SgeLayout.LENGTH, 0);
        }
    }

    /** All that was enqueued is the NIC's now. Pairs with the NIC's load acquire of RECEIVE_COUNT. */
    void publish() {
        doorbell.putLongRelease(DoorbellLayout.RECEIVE_COUNT, requests.posted());
    }

    long retire(final int slotNumber) {
        return requests.retire(slotNumber);
    }

    int space() {
        return requests.space();
    }

    void reset() {
        requests.forget();
        doorbell.putLongRelease(DoorbellLayout.RECEIVE_COUNT, 0);
    }
}
