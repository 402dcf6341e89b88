package io.rnic.emu.queue;

import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.MemoryFaults;
import io.rnic.emu.host.SegmentCopy;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SgeList;
import java.lang.foreign.MemorySegment;

/**
 * The host's half of a receive queue; locking and freeing as in {@link SendQueue}.
 *
 * <p>An application that posts the same buffers round and round writes the same slots again: those are left alone, so
 * that their lines stay in the NIC's cache.
 */
public final class ReceiveQueue extends PostedRequests {
    private static final int INIT = QueuePairState.INIT.code();

    private final Words slots;
    private final Words doorbell;
    private final int stride;
    private final int maxSges;
    private final int maxMessageBytes;
    /**
     * For each slot where the host places a short message: the first piece's region and where in it, where it is known.
     */
    private MemoryRegion[] regions = {};
    private MemorySegment[] targets = {};
    private long[] targetOffsets = {};

    private final Runnable placing;

    ReceiveQueue(final QueueBlocks blocks, final QueueLimits limits, final Runnable placing) {
        super(limits.maxReceiveRequests());
        this.placing = placing;
        slots = blocks.receive().words();
        doorbell = blocks.doorbell().words();
        stride = ReceiveSlotLayout.stride(limits.maxReceiveSges());
        maxSges = limits.maxReceiveSges();
        maxMessageBytes = limits.maxMessageBytes();
    }

    PostResult enqueue(final ReceiveRequest request, final int state) {
        if (state < INIT) {
            return PostResult.WRONG_STATE;
        }
        if (isFull()) {
            return PostResult.QUEUE_FULL;
        }
        final SgeList sges = request.sges();
        final int count = sges.count();
        if (count > maxSges) {
            return PostResult.TOO_MANY_SGES;
        }
        final long length = SgeLayout.messageLength(sges, count);
        if (length < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        if (length > maxMessageBytes) {
            return PostResult.MESSAGE_TOO_LONG;
        }
        writePieces(request, nextSlot() * stride);
        add(request.wrId());
        return PostResult.OK;
    }

    /** Leaves out pieces of length 0, so that one in a slot can only be the end of the list. */
    private void writePieces(final ReceiveRequest request, final int slot) {
        final SgeList sges = request.sges();
        int sge = slot;
        for (int i = 0; i < sges.count(); i++) {
            if (sges.length(i) != 0) {
                final long flag = i == 0 && canPlace(request) ? SgeLayout.HOST_PLACED : 0;
                put(sge + SgeLayout.ADDRESS, sges.address(i));
                put(sge + SgeLayout.EXTENT, SgeLayout.extent(sges.length(i), sges.lkey(i)) | flag);
                sge += SgeLayout.BYTES;
            }
        }
        if (sge < slot + maxSges * SgeLayout.BYTES) {
            put(sge + SgeLayout.EXTENT, 0);
        }
    }

    private void put(final int offset, final long value) {
        if (slots.getLong(offset) != value) {
            slots.putLong(offset, value);
        }
    }

    /**
     * Remembers where a message is placed that comes in a completion, if the application named a region that holds it.
     */
    @SuppressWarnings("ReferenceEquality") // whether it is the same object is the question
    private boolean canPlace(final ReceiveRequest request) {
        final MemoryRegion region = request.firstRegion();
        if (region == null) {
            return false;
        }
        if (regions.length == 0) {
            placing.run();
            regions = new MemoryRegion[slots()];
            targets = new MemorySegment[slots()];
            targetOffsets = new long[slots()];
        }
        final int slot = nextSlot();
        if (regions[slot] != region) { // a store of a reference costs more than this look
            targets[slot] = region.segment();
            regions[slot] = region;
        }
        final long offset = request.sges().address(0) - region.address();
        targetOffsets[slot] = offset;
        return offset >= 0 && offset <= targets[slot].byteSize() - request.sges().length(0);
    }

    /**
     * Places a message that came in a completion. Native memory that was freed after the message had come has taken its
     * bytes with it, as where they were placed before: that is no fault.
     *
     * @return false if the bytes are not where they should be: a mapped file was truncated, or is not mapped any more
     */
    boolean place(final int slotNumber, final MemorySegment source, final long sourceOffset, final int length) {
        final int slot = slot(slotNumber);
        final boolean interrupted = InterruptStatus.isSet();
        try {
            SegmentCopy.copy(source, sourceOffset, targets[slot], targetOffsets[slot], length);
            MemoryFaults.settle();
            return true;
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            InterruptStatus.restore(interrupted);
            return !targets[slot].scope().isAlive() && !targets[slot].isMapped();
        }
    }

    /** Whether a receive whose message the host may place names that region. */
    boolean isForRegion(final int slotNumber, final int lkey) {
        final int sge = slot(slotNumber) * stride;
        return SgeLayout.lkey(slots.getLong(sge + SgeLayout.EXTENT)) == lkey;
    }

    /** Whether something was enqueued that the NIC does not know of. */
    boolean hasUnpublished() {
        return posted() != doorbell.getLong(DoorbellLayout.RECEIVE_COUNT);
    }

    /** All that was enqueued is the NIC's now. Pairs with the NIC's load acquire of RECEIVE_COUNT. */
    void publish() {
        doorbell.putLongRelease(DoorbellLayout.RECEIVE_COUNT, posted());
    }

    void reset() {
        forget();
        regions = new MemoryRegion[0];
        doorbell.putLongRelease(DoorbellLayout.RECEIVE_COUNT, 0);
    }
}
