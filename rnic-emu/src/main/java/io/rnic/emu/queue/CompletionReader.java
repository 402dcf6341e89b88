package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.host.GlobalBarrier;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** The host's half of a completion queue: polls, frees slots, arms. Several threads may poll, one after the other. */
public final class CompletionReader {
    private final UnsafeBuffer buffer;
    private final int mask;
    private final int shift;
    private final String name;
    private final HostQueuePairs queuePairs;
    private final CompletionFlyweight flyweight = new CompletionFlyweight();
    private final BiasedLock lock = new BiasedLock();
    /** Who holds the lock: plain, because a thread only looks whether it is itself. */
    private @Nullable Thread poller;
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
        name = "completion queue " + number;
        this.queuePairs = queuePairs;
    }

    /** Hands up to {@code limit} completions over, as {@link io.rnic.verbs.CompletionQueue#poll} says. */
    public int poll(final CompletionHandler handler, final int limit) {
        if (limit < 1) {
            throw new RnicException(RnicError.INVALID_ARGUMENT,
                "poll limit " + limit + " on " + name + "; allowed: from 1");
        }
        lock();
        final long before = position;
        try {
            final int polled = pollLocked(handler, limit);
            if (polled == 0) {
                checkUsable();
            }
            return polled;
        } finally {
            if (position != before) {
                buffer.putLongRelease(CompletionLayout.CONSUMED, position);
            }
            unlock();
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
            final HostQueuePair queuePair = queuePairs.get((int) (source >>> 32));
            if (queuePair == null || CompletionLayout.opcode(control) == CompletionLayout.OPCODE_VOID) {
                continue;
            }
            final CompletionOpcode opcode = CompletionOpcode.of(CompletionLayout.opcode(control));
            flyweight.set(queuePair.retire(opcode.isReceive(), (int) source),
                CompletionStatus.of(CompletionLayout.status(control)), opcode, CompletionLayout.byteLength(control),
                queuePair.number(), (int) buffer.getLong(entry + CompletionLayout.VENDOR));
            polled++;
            handler.onCompletion(flyweight);
        }
        return polled;
    }

    private void checkUsable() {
        if (closed) {
            throw new RnicException(RnicError.CLOSED, name + " is closed");
        }
        if (buffer.getIntVolatile(CompletionLayout.OVERRUN) != 0) {
            throw new RnicException(RnicError.COMPLETION_QUEUE_OVERRUN, name + " overran: more than " + (mask + 1)
                + " completions were unpolled; create it for the requests of all its queue pairs");
        }
    }

    /** The next completion to arrive makes an event; the caller polls after this and before it waits. */
    public void arm() {
        buffer.putIntVolatile(CompletionLayout.ARMED, 1);
        // Either the writer sees ARMED, or the poll that follows sees the writer's entry.
        GlobalBarrier.full();
    }

    /** Crosses out the unpolled completions of a queue pair that is destroyed and reports no more. */
    public void forget(final int queuePairNumber) {
        lock();
        try {
            for (long at = position; at <= position + mask; at++) {
                final int entry = CompletionLayout.entry(at, mask);
                final long control = buffer.getLongVolatile(entry + CompletionLayout.CONTROL);
                if ((control ^ CompletionLayout.phase(at, shift)) < 0) {
                    return;
                }
                if ((int) (buffer.getLong(entry + CompletionLayout.SOURCE) >>> 32) == queuePairNumber) {
                    buffer.putLong(entry + CompletionLayout.CONTROL, (control & ~(0xFFL << 40))
                        | ((long) CompletionLayout.OPCODE_VOID << 40));
                }
            }
        } finally {
            unlock();
        }
    }

    /** Refuses polls from now on; when it returns none is going on. */
    public void close() {
        lock();
        closed = true;
        unlock();
    }

    /**
     * Refuses what a handler may not do.
     *
     * @throws RnicException INVALID_STATE if this thread is polling this queue just now
     */
    public void checkNotInHandler() {
        if (poller == Thread.currentThread()) {
            throw new RnicException(RnicError.INVALID_STATE, name + " is being polled by this thread: a handler may post"
                + " but neither poll nor close the queue it is called from, nor close or reset its queue pairs");
        }
    }

    private void lock() {
        checkNotInHandler();
        lock.lock();
        poller = Thread.currentThread();
    }

    private void unlock() {
        poller = null;
        lock.unlock();
    }
}
