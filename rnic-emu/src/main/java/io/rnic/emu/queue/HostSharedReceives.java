package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.host.LinePadding;
import io.rnic.emu.host.SeparateLock;
import io.rnic.verbs.PostException;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SgeList;

/**
 * The host's half of a shared receive queue. Any thread may post; completions of its receives arrive in the completion
 * queues of all its queue pairs, and whoever polls one frees its slot.
 */
public final class HostSharedReceives extends LinePadding {
    private final String name;
    private final long words;
    private final int capacity;
    private final int slots;
    private final int maxSges;
    private final int maxMessageBytes;
    /** Covers all that follows. */
    private final BiasedLock lock = new SeparateLock();
    private final long[] wrIds;
    /** The slots that are free: the first {@link #freeCount}, the one freed last on top, for its lines are warm. */
    private final int[] free;
    private int freeCount;
    private long posted;
    private boolean closed;

    /**
     * Creates the host's half.
     *
     * @param number          the queue's number, for messages
     * @param block           {@link SharedReceiveLayout}
     * @param capacity        receives that may be outstanding
     * @param maxSges         pieces of memory in a receive
     * @param maxMessageBytes bytes of a message
     */
    public HostSharedReceives(final int number, final SharedMemory.Block block, final int capacity, final int maxSges,
        final int maxMessageBytes) {
        name = "shared receive queue " + number;
        words = block.address();
        this.capacity = capacity;
        this.maxSges = maxSges;
        this.maxMessageBytes = maxMessageBytes;
        slots = SharedReceiveLayout.slots(capacity);
        wrIds = new long[capacity];
        free = new int[capacity];
        while (freeCount < capacity) {
            free[freeCount] = capacity - 1 - freeCount;
            freeCount++;
        }
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

    /** The exception that says why a receive was refused, the one at that index of a list. */
    public PostException refusal(final PostResult result, final ReceiveRequest request, final int index) {
        return result.toException(
            "receive", request.wrId(), index, name, PostDetails.of(result, request, maxSges, maxMessageBytes));
    }

    /** Posts the first {@code count} receives until one is refused; see {@link PostLists#outcome}. */
    public long post(final ReceiveRequest[] requests, final int count) {
        int posted = 0;
        PostResult result = PostResult.OK;
        begin();
        try {
            while (posted < count && result == PostResult.OK) {
                result = add(requests[posted]);
                if (result == PostResult.OK) {
                    posted++;
                }
            }
        } finally {
            end();
        }
        return PostLists.outcome(posted, result);
    }

    /** Begins a list; between here and {@link #end} nobody else posts, and no slot is freed. */
    public void begin() {
        lock.lock();
    }

    /** Adds a receive to the list; the code says whether it was. */
    public PostResult add(final ReceiveRequest request) {
        if (closed) {
            return PostResult.CLOSED;
        }
        if (freeCount == 0) {
            return PostResult.SHARED_QUEUE_FULL;
        }
        final SgeList sges = request.sges();
        final PostResult result = ReceiveSlotLayout.check(sges, maxSges, maxMessageBytes);
        if (result == PostResult.OK) {
            final int index = free[--freeCount];
            ReceiveSlotLayout.write(words, SharedReceiveLayout.slot(index, slots, maxSges), sges, maxSges);
            Words.putInt(words + SharedReceiveLayout.order(posted, slots), index);
            wrIds[index] = request.wrId();
            posted++;
        }
        return result;
    }

    /** Ends the list: all that was added is the NIC's now. Pairs with the NIC's load acquire of POSTED. */
    public void end() {
        if (!closed) {
            Words.putLongRelease(words + SharedReceiveLayout.POSTED, posted);
        }
        lock.unlock();
    }

    /**
     * The receive in that slot is done: its completion was polled, or its queue pair is gone.
     *
     * @return the application's number for it
     */
    public long retire(final int index) {
        lock.lock();
        try {
            free[freeCount++] = index;
            return wrIds[index];
        } finally {
            lock.unlock();
        }
    }

    /** The application's number for the receive that is, or was last, in that slot. */
    long wrId(final int index) {
        lock.lock();
        try {
            return wrIds[index];
        } finally {
            lock.unlock();
        }
    }

    /** How many receives can be posted now. */
    public int space() {
        lock.lock();
        try {
            return freeCount;
        } finally {
            lock.unlock();
        }
    }

    /** How many receives are posted that no message has taken. */
    public int waiting() {
        lock.lock();
        try {
            return (int) (posted - Words.getLongVolatile(words + SharedReceiveLayout.TAKEN));
        } finally {
            lock.unlock();
        }
    }

    /** How many receives may be outstanding. */
    public int capacity() {
        return capacity;
    }

    /** Pieces of memory that a receive may have. */
    public int maxSges() {
        return maxSges;
    }

    /** Refuses posts from now on; when it returns none is going on. */
    public void close() {
        lock.lock();
        closed = true;
        lock.unlock();
    }

    @Override
    public String toString() {
        return name;
    }
}
