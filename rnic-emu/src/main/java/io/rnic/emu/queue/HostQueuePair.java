package io.rnic.emu.queue;

import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import org.jspecify.annotations.Nullable;

/**
 * The host's half of a queue pair: what a user-level library maps, and what a kernel keeps for its callers. Who posts
 * keeps its queues and passes it by: with many queue pairs it would be a cache miss more.
 */
public final class HostQueuePair {
    private final int number;
    private final QueueLimits limits;
    private final SendQueue sends;
    private final ReceiveQueue receives;
    /** Where its receives come from, null for its own queue: that takes none then. */
    private final @Nullable HostSharedReceives shared;
    private final Doorbell doorbell;
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
        final QueueShape shape = QueueShape.of(limits);
        this.sends = new SendQueue(blocks, shape, doorbell);
        this.receives = new ReceiveQueue(blocks, shape, doorbell, shared != null, placing);
        this.shared = shared;
        this.doorbell = doorbell;
    }

    /** The queue pair's number. */
    public int number() {
        return number;
    }

    /** Its send queue: who posts to it looks at nothing else. */
    public SendQueue sends() {
        return sends;
    }

    /** Its receive queue. */
    public ReceiveQueue receives() {
        return receives;
    }

    /** What the NIC says of its state; RESET when it is closed: its memory may be another's then. */
    public QueuePairState state() {
        return sends.state();
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
        return (receive ? receives : sends).wrId(number);
    }

    /** See {@link ReceiveQueue#place}; where it fails, {@link #tellUnplaced} follows. */
    boolean place(final int slotNumber, final long payload, final int length, final boolean interrupted) {
        return receives.place(slotNumber, payload, length, interrupted);
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
        sends.close();
        receives.close();
    }

    /** Returns when every post that may have seen an earlier state has ended. */
    public void awaitPosters() {
        sends.awaitPosters();
        receives.awaitPosters();
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
