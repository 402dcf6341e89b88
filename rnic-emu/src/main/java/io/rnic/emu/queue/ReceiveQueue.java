package io.rnic.emu.queue;

import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.MemoryFaults;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SgeList;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The host's half of a receive queue; posting and freeing as in {@link SendQueue}.
 *
 * <p>An application that posts the same buffers round and round writes the same slots again: those are left alone, so
 * that their lines stay in the NIC's cache.
 */
public final class ReceiveQueue extends PostedRequests {
    private static final int INIT = QueuePairState.INIT.code();
    /** In the place of a state, of a queue that is closed. */
    private static final int NO_STATE = -1;
    private static final MemorySegment[] NO_TARGETS = {};
    private static final long[] NO_PLACES = {};

    private final long slots;
    private final long page;
    private final QueueShape shape;
    private final Doorbell doorbell;
    private final boolean isShared;
    /**
     * For each slot the memory of the first piece's region, if it is known: there the host places a short message.
     * Counts where the slot has the flag {@link SgeLayout#HOST_PLACED}; else it may be of a receive before.
     */
    private MemorySegment[] targets = NO_TARGETS;
    /** For each of those where in it a message is placed, if its memory lasts: {@link LastingPlace}. */
    private long[] places = NO_PLACES;

    private final Runnable placing;

    /**
     * Creates the host's half.
     *
     * @param isShared whether receives come from a shared queue: this one holds none then
     * @param placing  runs before the first receive is posted whose message the host may place
     */
    ReceiveQueue(final QueueBlocks blocks, final QueueShape shape, final Doorbell doorbell, final boolean isShared,
        final Runnable placing) {
        super(shape.limits().maxReceiveRequests(), null);
        this.shape = shape;
        this.doorbell = doorbell;
        this.isShared = isShared;
        this.placing = placing;
        slots = blocks.receive().address();
        page = blocks.doorbell().address();
    }

    private int stateCode() {
        return Words.getIntVolatile(page + DoorbellLayout.RECEIVE_STATE);
    }

    /** The state that decides whether receives are taken; the caller holds the lock. */
    private int postingState() {
        return closed ? NO_STATE : stateCode();
    }

    /** Posts one receive; the code says whether it was. */
    public PostResult post(final ReceiveRequest request) {
        begin();
        try {
            return add(request);
        } finally {
            end();
        }
    }

    /** Posts receives as {@link SendQueue#post(io.rnic.verbs.SendRequest[], int)} does requests. */
    public long post(final ReceiveRequest[] requests, final int count) {
        int posted = 0;
        PostResult result = PostResult.OK;
        begin();
        try {
            final int state = postingState(); // once: who resets waits for the list's end, which looks for ERROR
            while (posted < count && result == PostResult.OK) {
                posted = repeat(requests, posted, count, state);
                if (posted < count) {
                    result = enqueueOfList(requests[posted], state);
                    posted += result == PostResult.OK ? 1 : 0;
                }
            }
        } finally {
            end();
        }
        return PostLists.outcome(posted, refusalOf(result));
    }

    /** Begins a list of receives; between here and {@link #end} nobody else posts any. */
    public void begin() {
        lock.lock();
    }

    /** Adds a receive to the list; the code says whether it was. */
    public PostResult add(final ReceiveRequest request) {
        return refusalOf(enqueue(request, postingState()));
    }

    /** Ends the list: tells the NIC once of all that was added. */
    public void end() {
        final boolean isNew = !closed && hasUnpublished();
        if (isNew) {
            publish();
        }
        lock.unlock();
        if (isNew) {
            ringIfInError();
        }
    }

    /** A NIC that went to ERROR has flushed the receives it saw; pairs with the barrier behind its change of state. */
    private void ringIfInError() {
        VarHandle.acquireFence(); // for the compiler: first the count, then the state
        if (stateCode() == QueuePairState.ERROR.code()) {
            doorbell.ringReceiveInError();
        }
    }

    /** One that takes none looks full. */
    private PostResult refusalOf(final PostResult result) {
        return result == PostResult.QUEUE_FULL && isShared ? PostResult.SHARED_RECEIVES : result;
    }

    /** Posts the next of a list, as far as their slots hold them already; returns which is the first other. */
    private int repeat(final ReceiveRequest[] requests, final int from, final int to, final int state) {
        final int end = state < INIT ? from : from + Math.min(to - from, space());
        int i = from;
        while (i < end && repeats(i - from, requests[i], requests[i].revision(), requests[i].wrId())) {
            i++;
        }
        advance(i - from);
        return i;
    }

    /** As {@link #enqueue}, of one that may come to its slot again. */
    private PostResult enqueueOfList(final ReceiveRequest request, final int state) {
        final int slot = nextSlot();
        final PostResult result = enqueue(request, state);
        if (result == PostResult.OK) {
            noteWritten(slot, request, request.revision());
        }
        return result;
    }

    private PostResult enqueue(final ReceiveRequest request, final int state) {
        if (state < INIT) {
            return state == NO_STATE ? PostResult.CLOSED : PostResult.WRONG_STATE;
        }
        if (isFull()) {
            return PostResult.QUEUE_FULL;
        }
        final int slot = nextSlot();
        if (!holdsAlready(slot, request)) {
            final PostResult result = ReceiveSlotLayout.check(
                request.sges(), shape.limits().maxReceiveSges(), shape.limits().maxMessageBytes());
            if (result != PostResult.OK) {
                return result;
            }
            forgetWritten(slot);
            writePieces(request, slot * shape.receiveStride());
        }
        remember(request.wrId());
        return PostResult.OK;
    }

    /**
     * Whether the slot holds the same receive already, of one piece that the host may place into: who posts the same
     * ones round and round has them checked and written once. The flag says that what is in the slot has passed all
     * checks, and that its memory is in {@link #targets}.
     */
    @SuppressWarnings({"MemorySegmentReferenceEquality", "ReferenceEquality"}) // as in canPlace
    private boolean holdsAlready(final int slot, final ReceiveRequest request) {
        final MemoryRegion region = request.firstRegion();
        final SgeList sges = request.sges();
        final int length = sges.length(0);
        final long sge = address(slot);
        return region != null && sges.count() == 1 && length > 0 && slot < targets.length
            && targets[slot] == region.segment()
            && Words.getLong(sge + SgeLayout.ADDRESS) == sges.address(0)
            && Words.getLong(sge + SgeLayout.EXTENT)
                == (SgeLayout.extent(length, sges.lkey(0)) | SgeLayout.HOST_PLACED)
            && (shape.limits().maxReceiveSges() == 1 || Words.getLong(sge + SgeLayout.BYTES + SgeLayout.EXTENT) == 0);
    }

    /** Where a slot begins, and with it its first piece. */
    private long address(final int slot) {
        return slots + (long) slot * shape.receiveStride();
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
        if (sge < slot + shape.limits().maxReceiveSges() * SgeLayout.BYTES) {
            put(sge + SgeLayout.EXTENT, 0);
        }
    }

    private void put(final int offset, final long value) {
        if (Words.getLong(slots + offset) != value) {
            Words.putLong(slots + offset, value);
        }
    }

    /**
     * Remembers where a message is placed that comes in a completion, if the application named a region that holds it.
     */
    @SuppressWarnings({"MemorySegmentReferenceEquality", "ReferenceEquality"}) // the same object, that is the question
    private boolean canPlace(final ReceiveRequest request) {
        final MemoryRegion region = request.firstRegion();
        if (region == null) {
            return false;
        }
        if (targets.length == 0) {
            placing.run();
            final long[] none = new long[slots()];
            targets = new MemorySegment[slots()];
            places = none;
        }
        final int slot = nextSlot();
        final MemorySegment target = region.segment();
        if (targets[slot] != target) { // a store of a reference costs more than this look
            targets[slot] = target;
        }
        final long address = request.sges().address(0);
        places[slot] = LastingPlace.of(target, address);
        final long offset = address - target.address();
        return offset >= 0 && offset <= target.byteSize() - request.sges().length(0);
    }

    /**
     * Places a message that came in a completion. Native memory that was freed after the message had come has taken its
     * bytes with it, as where they were placed before: that is no fault.
     *
     * @param payload     the address of the completion's payload
     * @param interrupted what {@link InterruptStatus#isSet} was before
     * @return false if the bytes are not where they should be: a mapped file was truncated, or is not mapped any more,
     *         or no entry holds so many
     */
    boolean place(final int slotNumber, final long payload, final int length, final boolean interrupted) {
        if (Integer.compareUnsigned(length, CompletionLayout.MAX_PAYLOAD_BYTES) > 0) {
            return false; // the entry is memory that others write: no more is read of it than it holds
        }
        final int slot = slot(slotNumber);
        if (slot >= places.length) {
            return false;
        }
        final long place = places[slot];
        if (length <= LastingPlace.room(place)) {
            // Targets keep the memory: what is there for a slot stays until the slot is free, and that comes later.
            Words.copy(payload, LastingPlace.address(place), length);
            return true;
        }
        final MemorySegment target = targets[slot];
        final long address = Words.getLong(address(slot) + SgeLayout.ADDRESS);
        try {
            CarriedMessage.place(payload, target, address - target.address(), length);
            MemoryFaults.settle();
            return true;
        } catch (final IllegalStateException | IndexOutOfBoundsException | InternalError e) {
            InterruptStatus.restore(interrupted);
            return !target.scope().isAlive() && !target.isMapped();
        }
    }

    /** Whether a receive whose message the host may place names that region. */
    boolean isForRegion(final int slotNumber, final int lkey) {
        return SgeLayout.lkey(Words.getLong(address(slot(slotNumber)) + SgeLayout.EXTENT)) == lkey;
    }

    /** All that was enqueued is the NIC's now. Pairs with the NIC's load acquire of RECEIVE_COUNT. */
    private void publish() {
        publish(page + DoorbellLayout.RECEIVE_COUNT);
    }

    void reset() {
        forget();
        targets = NO_TARGETS;
        places = NO_PLACES;
        Words.putLongRelease(page + DoorbellLayout.RECEIVE_COUNT, 0);
    }
}
