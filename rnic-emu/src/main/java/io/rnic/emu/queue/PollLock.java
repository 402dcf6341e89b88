package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.host.LinePadding;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;

/** Covers a completion queue while it is polled, and knows whether the thread that asks is the one that polls. */
public final class PollLock extends LinePadding {
    private final BiasedLock lock = new BiasedLock();
    private final String name;
    /**
     * The number of the thread that holds the lock, 0 if none does: plain, because a thread only looks whether it is
     * itself; a number, because a store of a reference costs the collector's barrier too.
     */
    private long holder;

    /**
     * A lock that nobody holds.
     *
     * @param completionQueue the queue's number, for messages
     */
    public PollLock(final int completionQueue) {
        name = "completion queue " + completionQueue;
    }

    /**
     * Refuses what a handler may not do.
     *
     * @throws RnicException INVALID_STATE if this thread is polling the queue just now
     */
    public void checkNotInHandler() {
        if (isMine()) {
            throw new RnicException(RnicError.INVALID_STATE, name
                + " is being polled by this thread: a handler may post"
                + " but neither poll nor close the queue it is called from, nor close or reset queue pairs");
        }
    }

    /** Whether this thread holds it. */
    public boolean isMine() {
        return holder == Thread.currentThread().threadId();
    }

    /** Takes it; INVALID_STATE from inside a handler. */
    public void lock() {
        checkNotInHandler();
        lock.lock();
        holder = Thread.currentThread().threadId();
    }

    /** Gives it back. */
    public void unlock() {
        holder = 0;
        lock.unlock();
    }

    @Override
    public String toString() {
        return name;
    }
}
