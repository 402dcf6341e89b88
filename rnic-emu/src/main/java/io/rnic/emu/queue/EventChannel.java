package io.rnic.emu.queue;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Events of completion queues, for threads that wait. An armed queue makes one event, so there are never more than its
 * owner armed it.
 */
public final class EventChannel {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Queue<Integer> events = new ArrayDeque<>();
    private final String name;
    private boolean closed;

    /**
     * Creates a channel without events.
     *
     * @param number its number, for messages
     */
    public EventChannel(final int number) {
        name = "completion channel " + number;
    }

    void post(final int completionQueueNumber) {
        lock.lock();
        try {
            events.add(completionQueueNumber);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for an event.
     *
     * @param timeoutNs how long at most
     * @return the completion queue's number, 0 when the time ran out
     * @throws RnicException CLOSED
     */
    public int await(final long timeoutNs) throws InterruptedException {
        long left = timeoutNs;
        lock.lockInterruptibly();
        try {
            Integer event = events.poll();
            while (event == null && left > 0 && !closed) {
                left = arrived.awaitNanos(left);
                event = events.poll();
            }
            if (event == null && closed) {
                throw new RnicException(RnicError.CLOSED, name + " is closed");
            }
            return event == null ? 0 : event;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the events of a completion queue that is destroyed. */
    public void forget(final int completionQueueNumber) {
        lock.lock();
        try {
            events.removeIf(number -> number == completionQueueNumber);
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

    /** Its name, for messages. */
    @Override
    public String toString() {
        return name;
    }
}
