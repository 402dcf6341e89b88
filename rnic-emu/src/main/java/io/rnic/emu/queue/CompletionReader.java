package io.rnic.emu.queue;

import io.rnic.emu.host.GlobalBarrier;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import org.agrona.concurrent.UnsafeBuffer;

/** The host's half of a completion queue: polls, frees slots, arms. Several threads may poll, one after the other. */
public final class CompletionReader {
    private final UnsafeBuffer buffer;
    private final int mask;
    private final int shift;
    private final HostQueuePairs queuePairs;
    private final CompletionFlyweight flyweight = new CompletionFlyweight();
    private final PollLock lock;
    private boolean closed;
    private long position;

    /**
     * Creates the host's half.
     *
     * @param block      {@link CompletionLayout} with {@code slots} entries, a power of two
     * @param slots      how many completions it holds
     * @param number     the completion queue's number
     * @param queuePairs where completions find their queue pair
     */
    public CompletionReader(
        final SharedMemory.Block block, final int slots, final int number, final HostQueuePairs queuePairs) {
        buffer = block.buffer();
        mask = slots - 1;
        shift = Integer.numberOfTrailingZeros(slots);
        lock = new PollLock(number);
        this.queuePairs = queuePairs;
    }

    /** Hands up to {@code limit} completions over, as {@link io.rnic.verbs.CompletionQueue#poll} says. */
    public int poll(final CompletionHandler handler, final int limit) {
        if (limit < 1) {
            throw new RnicException(RnicError.INVALID_ARGUMENT,
                "poll limit " + limit + " on " + lock + "; allowed: from 1");
        }
        lock.lock();
        try {
            final int polled = pollLocked(handler, limit);
            if (polled == 0) {
                checkUsable();
            }
            return polled;
        } finally {
            lock.unlock();
        }
    }

    private int pollLocked(final CompletionHandler handler, final int limit) {
        int polled = 0;
        while (polled < limit && !closed) {
            final int entry = CompletionLayout.entry(position, mask);
            // Acquire: pairs with the writer's store release; the message's bytes are there when the phase is right.
            final long control = buffer.getLongVolatile(entry + CompletionLayout.CONTROL);
            if ((control ^ CompletionLayout.phase(position, shift)) < 0) {
                break;
            }
            position++;
            final long source = buffer.getLong(entry + CompletionLayout.SOURCE);
            final int vendorError = (int) buffer.getLong(entry + CompletionLayout.VENDOR);
            // Before the request's slot is free, and before the handler posts: the place that takes must be free here.
            buffer.putLongRelease(CompletionLayout.CONSUMED, position);
            final HostQueuePair queuePair = queuePairs.get((int) (source >>> 32));
            if (queuePair == null || CompletionLayout.opcode(control) == CompletionLayout.OPCODE_VOID) {
                continue;
            }
            final CompletionOpcode opcode = CompletionOpcode.of(CompletionLayout.opcode(control));
            flyweight.set(queuePair.retire(opcode.isReceive(), (int) source),
                CompletionStatus.of(CompletionLayout.status(control)), opcode, CompletionLayout.byteLength(control),
                queuePair.number(), vendorError);
            polled++;
            handler.onCompletion(flyweight);
        }
        return polled;
    }

    private void checkUsable() {
        if (closed) {
            throw new RnicException(RnicError.CLOSED, lock + " is closed");
        }
        if (buffer.getIntVolatile(CompletionLayout.OVERRUN) != 0) {
            throw new RnicException(RnicError.COMPLETION_QUEUE_OVERRUN, lock + " overran: more than " + (mask + 1)
                + " completions were unpolled; create it for the requests of all its queue pairs");
        }
    }

    /**
     * The next completion to arrive makes an event; the caller polls after this and before it waits. A handler may arm.
     *
     * @throws RnicException CLOSED
     */
    public void arm() {
        if (lock.isMine()) {
            buffer.putIntVolatile(CompletionLayout.ARMED, 1);
        } else {
            armLocked();
        }
        // Either the writer sees ARMED, or the poll that follows sees the writer's entry.
        GlobalBarrier.full();
    }

    /** Under the lock the queue cannot be closed, and its memory given to others, in the middle. */
    private void armLocked() {
        lock.lock();
        try {
            if (closed) {
                throw new RnicException(RnicError.CLOSED, lock + " is closed");
            }
            buffer.putIntVolatile(CompletionLayout.ARMED, 1);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Crosses out the unpolled completions of a queue pair that reports no more, and frees those that nothing precedes.
     */
    public void forget(final int queuePairNumber) {
        lock.lock();
        try {
            final long last = position + mask;
            boolean leading = true;
            for (long at = position; at <= last && isWritten(at); at++) {
                final int entry = CompletionLayout.entry(at, mask);
                if ((int) (buffer.getLong(entry + CompletionLayout.SOURCE) >>> 32) == queuePairNumber) {
                    crossOut(entry);
                }
                leading &= isCrossedOut(entry);
                if (leading) {
                    position = at + 1;
                }
            }
            buffer.putLongRelease(CompletionLayout.CONSUMED, position);
        } finally {
            lock.unlock();
        }
    }

    private boolean isWritten(final long at) {
        final long control =
            buffer.getLongVolatile(CompletionLayout.entry(at, mask) + CompletionLayout.CONTROL);
        return (control ^ CompletionLayout.phase(at, shift)) >= 0;
    }

    private void crossOut(final int entry) {
        final long control = buffer.getLong(entry + CompletionLayout.CONTROL);
        buffer.putLong(entry + CompletionLayout.CONTROL,
            (control & ~(0xFFL << 40)) | ((long) CompletionLayout.OPCODE_VOID << 40));
    }

    private boolean isCrossedOut(final int entry) {
        final long control = buffer.getLong(entry + CompletionLayout.CONTROL);
        return CompletionLayout.opcode(control) == CompletionLayout.OPCODE_VOID;
    }

    /** Refuses polls from now on; when it returns none is going on. */
    public void close() {
        lock.lock();
        closed = true;
        lock.unlock();
    }

    /**
     * Refuses what a handler may not do.
     *
     * @throws RnicException INVALID_STATE if this thread is polling this queue just now
     */
    public void checkNotInHandler() {
        lock.checkNotInHandler();
    }
}
