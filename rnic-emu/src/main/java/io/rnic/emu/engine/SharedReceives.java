package io.rnic.emu.engine;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.host.LinePadding;
import io.rnic.emu.host.SeparateLock;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.SharedReceiveLayout;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.AsyncEventType;

/** The NIC's half of a shared receive queue: its queue pairs take receives from it one by one, in posting order. */
public final class SharedReceives extends LinePadding {
    /** No receive. */
    static final int NONE = -1;

    final long words;
    final int slots;
    final int maxSges;
    private final int capacity;
    private final int number;
    private final AsyncEvents events;
    /** Taken after the lock of the queue pair's receive side. */
    private final BiasedLock lock = new SeparateLock();
    private long taken;
    private long seen;
    private int limit;

    /**
     * Creates the NIC's half.
     *
     * @param number   the queue's number
     * @param block    {@link SharedReceiveLayout}
     * @param capacity receives that may be outstanding
     * @param maxSges  pieces of memory in a receive
     * @param events   where its owner is told that few receives are left
     */
    public SharedReceives(final int number, final SharedMemory.Block block, final int capacity, final int maxSges,
        final AsyncEvents events) {
        this.number = number;
        words = block.address();
        slots = SharedReceiveLayout.slots(capacity);
        this.capacity = capacity;
        this.maxSges = maxSges;
        this.events = events;
    }

    /**
     * Takes the receive that was posted first; the index of its slot, {@link #NONE} if there is none. Counts and order
     * are in memory that the host writes: what cannot be is no receive.
     */
    int take() {
        lock.lock();
        try {
            if (taken == seen || limit != 0) {
                final long posted = Words.getLongVolatile(words + SharedReceiveLayout.POSTED);
                seen = Long.compareUnsigned(posted - taken, capacity) <= 0 ? posted : taken;
            }
            final int index =
                taken == seen ? NONE : Words.getInt(words + SharedReceiveLayout.order(taken, slots));
            if (Integer.compareUnsigned(index, capacity) >= 0) {
                return NONE;
            }
            taken++;
            Words.putLongRelease(words + SharedReceiveLayout.TAKEN, taken);
            if (seen - taken < limit) {
                limit = 0;
                events.post(AsyncEventType.SRQ_LIMIT_REACHED, number);
            }
            return index;
        } finally {
            lock.unlock();
        }
    }

    /** Arms the limit: one event when a receive is taken and fewer than so many are left; 0 disarms. */
    public void arm(final int receives) {
        lock.lock();
        limit = receives;
        lock.unlock();
    }

    /** The limit, 0 if it is not armed. */
    public int limit() {
        lock.lock();
        try {
            return limit;
        } finally {
            lock.unlock();
        }
    }
}
