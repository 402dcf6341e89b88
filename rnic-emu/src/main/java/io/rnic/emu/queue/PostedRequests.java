package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.BitUtil;
import org.jspecify.annotations.Nullable;

/**
 * What the host remembers of a queue's requests: how many are posted, how many are known to be done, the application's
 * number of each between, and what slots were written for. Posting and retiring may go on in two threads; each is done
 * by one at a time.
 *
 * <p>The queues extend it, and it the lock that they are posted to by (unless the doorbell brings one that covers the
 * NIC's work too), so that all that a post touches stands side by side: with many queue pairs each object more is a
 * cache miss more.
 */
abstract sealed class PostedRequests extends BiasedLock permits SendQueue, ReceiveQueue {
    private static final VarHandle RETIRED;
    /** Of all queues whose slots were never used again: an empty array for each is memory too. */
    private static final @Nullable Object[] NO_REQUESTS = {};
    private static final long[] NO_REVISIONS = {};

    static {
        try {
            RETIRED = MethodHandles.lookup().findVarHandle(PostedRequests.class, "retired", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What posting is covered by: this, or what covers the NIC's work too. */
    final BiasedLock lock;
    /** Nothing is posted any more. Under the lock. */
    boolean closed;
    private final int capacity;
    private final int mask;
    private final long[] wrIds;
    /**
     * For each slot the request that it was written for last, where that came in a list, and its revision then. None
     * before slots are used again.
     */
    private @Nullable Object[] written = NO_REQUESTS;
    private long[] revisions = NO_REVISIONS;
    private long posted;
    /** How many the NIC knows of. */
    private long published;
    private long retired;

    /**
     * None.
     *
     * @param capacity how many may be outstanding at most
     * @param covering the lock that posting is covered by, null for the queue's own
     */
    PostedRequests(final int capacity, final @Nullable BiasedLock covering) {
        lock = covering == null ? this : covering;
        this.capacity = capacity;
        mask = BitUtil.findNextPositivePowerOfTwo(capacity) - 1;
        wrIds = new long[mask + 1];
    }

    boolean isFull() {
        // Acquire: what was read of the slots that are free now comes before what is written to them.
        return posted - (long) RETIRED.getAcquire(this) >= capacity;
    }

    /** Which slot of the ring the next request goes to. */
    int nextSlot() {
        return slot((int) posted);
    }

    /** How many slots the ring has. */
    int slots() {
        return mask + 1;
    }

    /** Which slot of the ring a request went to, by the low half of its number. */
    int slot(final int slotNumber) {
        return slotNumber & mask;
    }

    /**
     * Remembers a request, as {@link #remember(int, long)}, if the free slot behind {@code ahead} others was written
     * for that very one, which is the same since.
     */
    @SuppressWarnings("ReferenceEquality") // the same object, that is the question
    boolean repeats(final int ahead, final Object request, final long revision, final long wrId) {
        final int slot = slot((int) posted + ahead);
        if (slot >= written.length || written[slot] != request || revisions[slot] != revision) {
            return false;
        }
        remember(ahead, wrId);
        return true;
    }

    /** A slot was written for a request that may come there again, and says all that is in the slot. */
    @SuppressWarnings("ReferenceEquality") // as above; a store of a reference costs more than this look
    void noteWritten(final int slot, final Object request, final long revision) {
        if (written.length == 0) {
            if (posted <= slots()) {
                return;
            }
            revisions = new long[slots()];
            written = new Object[slots()];
        }
        if (written[slot] != request) {
            written[slot] = request;
        }
        revisions[slot] = revision;
    }

    /** A slot is about to be written; {@link #noteWritten} may follow. */
    void forgetWritten(final int slot) {
        if (slot < written.length) {
            written[slot] = null;
        }
    }

    private void forgetWritten() {
        written = NO_REQUESTS;
        revisions = NO_REVISIONS;
    }

    /** The next request is posted, by that number. */
    void remember(final long wrId) {
        remember(0, wrId);
        advance(1);
    }

    /** The request behind {@code ahead} others has that number; {@link #advance} follows when they are there. */
    void remember(final int ahead, final long wrId) {
        final int slot = slot((int) posted + ahead);
        if (wrIds[slot] != wrId) { // the same numbers round and round are not written again, as in ReceiveQueue
            wrIds[slot] = wrId;
        }
    }

    /** That many more are posted. */
    void advance(final int requests) {
        posted += requests;
    }

    /** Those remembered last are not posted after all; the numbers that their places had before are gone. */
    void takeBack(final int requests) {
        posted -= requests;
    }

    /** Whether something was posted that the NIC does not know of. */
    boolean hasUnpublished() {
        return posted != published;
    }

    /** All that was posted is the NIC's now: a store release of how many, to that address. */
    void publish(final long count) {
        published = posted;
        Words.putLongRelease(count, posted);
    }

    /** How many were ever posted: what the doorbell page says to the NIC. */
    long posted() {
        return posted;
    }

    /**
     * The request of which {@code slotNumber} is the low half of its number is done, and with it all before it.
     *
     * @return the application's number for it
     */
    long retire(final int slotNumber) {
        final long wrId = wrIds[slot(slotNumber)];
        RETIRED.setRelease(this, retired + (slotNumber + 1 - (int) retired));
        return wrId;
    }

    /** The application's number for a request that was posted, null if its place was used again since. */
    @Nullable Long wrId(final long number) {
        lock.lock();
        try {
            return number < posted && posted - number <= wrIds.length ? (Long) wrIds[slot((int) number)] : null;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses posts from now on; when it returns none is going on. */
    void close() {
        lock.lock();
        closed = true;
        forgetWritten();
        lock.unlock();
    }

    /** Returns when every post that may have seen an earlier state has ended. */
    void awaitPosters() {
        lock.lock();
        lock.unlock();
    }

    int space() {
        return (int) (capacity - (posted - (long) RETIRED.getAcquire(this)));
    }

    void forget() {
        posted = 0;
        published = 0;
        forgetWritten();
        RETIRED.setRelease(this, 0L);
    }
}
