package io.rnic.emu.queue;

import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The asynchronous events of one opener. The NIC never waits: when {@link Rnic#MAX_ASYNC_EVENTS} were not taken, the
 * next ones are counted and not kept, and the count goes with the event that is taken next.
 */
public final class AsyncEvents {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Deque<Waiting> events = new ArrayDeque<>();
    private final String name;
    private long lost;
    private boolean closed;

    private record Waiting(AsyncEventType type, int number) {
    }

    /**
     * An event.
     *
     * @param type   what happened
     * @param number to which object of the type's kind
     * @param lost   how many were lost since the one before
     */
    public record Event(AsyncEventType type, int number, long lost) {
    }

    /**
     * No events.
     *
     * @param name whose they are, for messages
     */
    public AsyncEvents(final String name) {
        this.name = name;
    }

    /** Adds an event, or counts it as lost. */
    public void post(final AsyncEventType type, final int number) {
        lock.lock();
        try {
            if (events.size() == Rnic.MAX_ASYNC_EVENTS) {
                lost++;
            } else {
                events.add(new Waiting(type, number));
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for an event.
     *
     * @param timeoutNs how long at most
     * @return the event, null when the time ran out
     * @throws RnicException CLOSED
     */
    public @Nullable Event await(final long timeoutNs) throws InterruptedException {
        long left = timeoutNs;
        lock.lockInterruptibly();
        try {
            while (events.isEmpty() && left > 0 && !closed) {
                left = arrived.awaitNanos(left);
            }
            if (closed) {
                throw new RnicException(RnicError.CLOSED, name + " is closed");
            }
            final Waiting next = events.poll();
            if (next == null) {
                return null;
            }
            final long lostBefore = lost;
            lost = 0;
            return new Event(next.type, next.number, lostBefore);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the events of an object that is destroyed. */
    public void forget(final Class<?> kind, final int number) {
        lock.lock();
        try {
            events.removeIf(event -> event.number == number && event.type.kind() == kind);
        } finally {
            lock.unlock();
        }
    }

    /** Wakes all who wait; they get CLOSED. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
