package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The host's half of a queue pair: what a user-level library maps, and what a kernel keeps for its callers. Any thread
 * may post; each queue has a lock that is free while one thread posts to it.
 */
public final class HostQueuePair {
    private final int number;
    private final QueueLimits limits;
    private final SendQueue sends;
    private final ReceiveQueue receives;
    /** Where its receives come from, null for its own queue: that takes none then. */
    private final @Nullable HostSharedReceives shared;
    private final long page;
    private final Doorbell doorbell;
    private final BiasedLock sendLock;
    private final BiasedLock receiveLock = new BiasedLock();
    private boolean sendClosed;
    private boolean receiveClosed;
    /** The shared receive that ended in error: its place may be another's when it is asked for. */
    private volatile @Nullable Failed failed;

    private record Failed(int slotNumber, long wrId) {
    }

    /**
     * Creates the host's half.
     *
     * @param number   the queue pair's number
     * @param blocks   the memory that is shared with the NIC
     * @param limits   what the queues hold
     * @param doorbell what ringing wakes
     * @param placing  runs before the first receive is posted whose message the host may place
     */
    public HostQueuePair(final int number, final QueueBlocks blocks, final QueueLimits limits,
        final Doorbell doorbell, final Runnable placing) {
        this(number, blocks, limits, doorbell, placing, null);
    }

    /**
     * Creates the host's half of a queue pair that may take its receives from a shared queue.
     *
     * @param shared that queue; the limits say that the queue pair's own takes 0 receives then
     */
    public HostQueuePair(final int number, final QueueBlocks blocks, final QueueLimits limits,
        final Doorbell doorbell, final Runnable placing, final @Nullable HostSharedReceives shared) {
        this.number = number;
        this.limits = limits;
        this.sends = new SendQueue(blocks, limits);
        this.receives = new ReceiveQueue(blocks, limits, placing);
        this.shared = shared;
        this.page = blocks.doorbell().address();
        this.doorbell = doorbell;
        this.sendLock = doorbell.sendLock();
    }

    /** The queue pair's number. */
    public int number() {
        return number;
    }

    /** What the NIC says of its state; RESET when it is closed: its memory may be another's then. */
    public QueuePairState state() {
        sendLock.lock();
        try {
            return sendClosed ? QueuePairState.RESET : QueuePairState.of(sendState());
        } finally {
            sendLock.unlock();
        }
    }

    private int sendState() {
        return Words.getIntVolatile(page + DoorbellLayout.STATE);
    }

    private int receiveState() {
        return Words.getIntVolatile(page + DoorbellLayout.RECEIVE_STATE);
    }

    /** Posts one request; the code says whether it was. */
    public PostResult post(final SendRequest request) {
        PostResult result = PostResult.CLOSED;
        boolean unsettled = false;
        sendLock.lock();
        try {
            if (!sendClosed) {
                if (request.opcode() == Opcode.SEND) {
                    doorbell.expectSend();
                }
                result = sends.enqueue(request, sendState());
                if (result == PostResult.OK) {
                    sends.publish();
                    unsettled = doorbell.ringSend();
                }
            }
        } finally {
            sendLock.unlock();
        }
        if (unsettled) {
            doorbell.settle();
        }
        return result;
    }

    /** Posts the first {@code count} requests until one is refused, and rings once; see {@link PostLists#outcome}. */
    public long post(final SendRequest[] requests, final int count) {
        int posted = 0;
        PostResult result = PostResult.OK;
        beginSends();
        try {
            if (count > 0 && requests[0].opcode() == Opcode.SEND) {
                expectSend();
            }
            while (posted < count && result == PostResult.OK) {
                result = addSend(requests[posted]);
                if (result == PostResult.OK) {
                    posted++;
                }
            }
        } finally {
            endSends();
        }
        return PostLists.outcome(posted, result);
    }

    /** Begins a list of send requests; between here and {@link #endSends} nobody else posts any. */
    public void beginSends() {
        sendLock.lock();
    }

    /** The first of the list will be a Send; behind {@link #beginSends}, before anything is added. */
    public void expectSend() {
        if (!sendClosed) {
            doorbell.expectSend();
        }
    }

    /** Adds a request to the list; the code says whether it was. */
    public PostResult addSend(final SendRequest request) {
        return sendClosed ? PostResult.CLOSED : sends.enqueue(request, sendState());
    }

    /** Adds a request of one piece to the list, given field by field; the code says whether it was. */
    public PostResult addSend(final int opcode, final boolean signalled, final long wrId, final long remoteAddress,
        final int rkey, final long address, final int length, final int lkey) {
        return sendClosed ? PostResult.CLOSED : sends.enqueue(sendState(), opcode,
            signalled, wrId, remoteAddress, rkey, address, length, lkey);
    }

    /** Ends the list: rings once for all that was added. */
    public void endSends() {
        boolean unsettled = false;
        try {
            if (!sendClosed && sends.hasUnpublished()) {
                sends.publish();
                unsettled = doorbell.ringSend();
            }
        } finally {
            sendLock.unlock();
        }
        if (unsettled) {
            doorbell.settle();
        }
    }

    /** Posts one receive; the code says whether it was. */
    public PostResult post(final ReceiveRequest request) {
        PostResult result = PostResult.CLOSED;
        receiveLock.lock();
        try {
            if (!receiveClosed) {
                result = receives.enqueue(request, receiveState());
                if (result == PostResult.OK) {
                    receives.publish();
                }
            }
        } finally {
            receiveLock.unlock();
        }
        if (result == PostResult.OK) {
            ringIfInError();
        }
        return refusalOf(result);
    }

    /** The exception that says why a request was refused, the one at that index of a list. */
    public PostException refusal(final PostResult result, final SendRequest request, final int index) {
        return result.toException("send request", request.wrId(), index, where(result), PostDetails.of(result, request,
            limits.maxSendSges(), limits.maxInlineBytes(), limits.maxMessageBytes()));
    }

    /** The same of a receive. */
    public PostException refusal(final PostResult result, final ReceiveRequest request, final int index) {
        return result.toException("receive", request.wrId(), index, where(result),
            PostDetails.of(result, request, limits.maxReceiveSges(), limits.maxMessageBytes()));
    }

    /** The state is told where that is why. */
    private String where(final PostResult result) {
        return result == PostResult.WRONG_STATE ? this + " in " + state() : toString();
    }

    /** Its own queue, which takes none, looks full if its receives are shared ones. */
    private PostResult refusalOf(final PostResult result) {
        return result == PostResult.QUEUE_FULL && shared != null ? PostResult.SHARED_RECEIVES : result;
    }

    /** Posts receives as {@link #post(SendRequest[], int)} does requests. */
    public long post(final ReceiveRequest[] requests, final int count) {
        int posted = 0;
        PostResult result = PostResult.OK;
        beginReceives();
        try {
            while (posted < count && result == PostResult.OK) {
                result = addReceive(requests[posted]);
                if (result == PostResult.OK) {
                    posted++;
                }
            }
        } finally {
            endReceives();
        }
        return PostLists.outcome(posted, result);
    }

    /** Begins a list of receives; between here and {@link #endReceives} nobody else posts any. */
    public void beginReceives() {
        receiveLock.lock();
    }

    /** Adds a receive to the list; the code says whether it was. */
    public PostResult addReceive(final ReceiveRequest request) {
        return receiveClosed ? PostResult.CLOSED
            : refusalOf(receives.enqueue(request, receiveState()));
    }

    /** Ends the list: tells the NIC once of all that was added. */
    public void endReceives() {
        final boolean isNew = !receiveClosed && receives.hasUnpublished();
        if (isNew) {
            receives.publish();
        }
        receiveLock.unlock();
        if (isNew) {
            ringIfInError();
        }
    }

    /** A NIC that went to ERROR has flushed the receives it saw; pairs with the barrier behind its change of state. */
    private void ringIfInError() {
        VarHandle.acquireFence(); // for the compiler: first the count, then the state
        if (receiveState() == QueuePairState.ERROR.code()) {
            doorbell.ringReceiveInError();
        }
    }

    /** How many send requests can be posted now. */
    public int sendSpace() {
        return sends.space();
    }

    /** How many receives can be posted now. */
    public int receiveSpace() {
        return receives.space();
    }

    /**
     * The application's number for a request, null if it is forgotten.
     *
     * @param receive whether of the receive queue
     * @param number  how many were posted before it
     */
    public @Nullable Long wrId(final boolean receive, final long number) {
        if (receive && shared != null) {
            final Failed known = failed;
            return known != null && known.slotNumber == number ? (Long) known.wrId : shared.wrId((int) number);
        }
        final BiasedLock lock = receive ? receiveLock : sendLock;
        lock.lock();
        try {
            return (receive ? receives : sends).wrId(number);
        } finally {
            lock.unlock();
        }
    }

    /** See {@link ReceiveQueue#place}; where it fails, {@link #tellUnplaced} follows. */
    boolean place(final int slotNumber, final long payload, final int length) {
        return receives.place(slotNumber, payload, length);
    }

    /** Tells the NIC that a message which it left in a completion could not be placed; the caller holds no entries. */
    void tellUnplaced(final int slotNumber) {
        doorbell.ringUnplaced(slotNumber);
    }

    boolean isForRegion(final int slotNumber, final int lkey) {
        return receives.isForRegion(slotNumber, lkey);
    }

    /** A receive ended in error, and is about to be retired. */
    void noteFailed(final int slotNumber) {
        if (shared != null) {
            failed = new Failed(slotNumber, shared.wrId(slotNumber));
        }
    }

    long retire(final boolean receive, final int slotNumber) {
        if (receive) {
            return shared == null ? receives.retire(slotNumber) : shared.retire(slotNumber);
        }
        return sends.retire(slotNumber);
    }

    /** Of a completion that nobody will poll: a shared receive is free again, what is its own goes with it. */
    void abandon(final boolean receive, final int slotNumber) {
        if (receive && shared != null) {
            shared.retire(slotNumber);
        }
    }

    /** A shared receive that a message was being placed into when the queue pair ended is free again. */
    public void abandonReceive(final int slotNumber) {
        abandon(true, slotNumber);
    }

    /** Refuses posts from now on; when it returns none is going on. */
    public void close() {
        sendLock.lock();
        sendClosed = true;
        sendLock.unlock();
        receiveLock.lock();
        receiveClosed = true;
        receiveLock.unlock();
    }

    /** Returns when every post that may have seen an earlier state has ended. */
    public void awaitPosters() {
        sendLock.lock();
        sendLock.unlock();
        receiveLock.lock();
        receiveLock.unlock();
    }

    /** Empties both queues; only while the NIC does not work on them, and nobody can post in this state. */
    public void reset() {
        sends.reset();
        receives.reset();
        failed = null;
    }

    @Override
    public String toString() {
        return "queue pair " + number;
    }
}
