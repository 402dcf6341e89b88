package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.host.Deadline;
import io.rnic.emu.host.LinePadding;
import io.rnic.emu.host.SeparateLock;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Covers a completion queue while it is polled, and knows whether the thread that asks is the one that polls. */
public final class PollLock extends LinePadding {
    /** Longer than any handler should take. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private final BiasedLock lock = new SeparateLock();
    private final String name;
    /**
     * The number of the thread that holds the lock, 0 if none does: plain, because a thread only looks whether it is
     * itself; a number, because a store of a reference costs the collector's barrier too.
     */
    private long holder;
    private volatile long patienceNs = PATIENCE_NS;

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

    /**
     * Takes it for what is no poll, which gives up waiting for a handler that does not return.
     *
     * @throws RnicException BUSY after 10 s, INVALID_STATE from inside a handler
     */
    public void lockBriefly() {
        checkNotInHandler();
        if (!lock.tryLock(new Deadline(patienceNs))) {
            throw new RnicException(RnicError.BUSY, name + " is being polled by " + holderName()
                + ", whose handler has not returned for " + TimeUnit.NANOSECONDS.toMillis(patienceNs)
                + " ms; let it return, and try again");
        }
        holder = Thread.currentThread().threadId();
    }

    /**
     * Returns when who polls just now has left its handler: before something begins that cannot be left half done.
     *
     * @throws RnicException as {@link #lockBriefly}
     */
    public void awaitHandler() {
        lockBriefly();
        unlock();
    }

    /** How long {@link #lockBriefly} waits from now on. */
    public void patience(final Duration longest) {
        patienceNs = Deadline.nanos(longest);
    }

    private String holderName() {
        final long id = holder;
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.threadId() == id)
            .map(thread -> "thread " + thread.getName()).findFirst().orElse("thread " + id);
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
