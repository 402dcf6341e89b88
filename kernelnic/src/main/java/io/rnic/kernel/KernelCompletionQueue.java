package io.rnic.kernel;

import io.rnic.emu.queue.CompletionFlyweight;
import io.rnic.emu.queue.PollLock;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.CompletionRecord;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionQueueAttributes;
import java.util.Objects;

/**
 * A completion queue by its handle. One crossing brings many completions; those that a handler did not get to, because
 * it threw, are kept for the next poll.
 */
final class KernelCompletionQueue implements CompletionQueue {
    private final KernelRnic rnic;
    private final int handle;
    private final int number;
    private volatile int capacity;
    private final ArgumentBlock block = new ArgumentBlock();
    private final CompletionFlyweight flyweight = new CompletionFlyweight();
    private final PollLock lock;
    private int next;
    private int count;

    KernelCompletionQueue(final KernelRnic rnic, final int handle, final int number, final int capacity) {
        this.rnic = rnic;
        this.handle = handle;
        this.number = number;
        this.capacity = capacity;
        lock = new PollLock(number);
    }

    KernelRnic rnic() {
        return rnic;
    }

    int handle() {
        return handle;
    }

    int number() {
        return number;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int poll(final CompletionHandler handler, final int limit) {
        Objects.requireNonNull(handler, "handler");
        lock.lock();
        try {
            final int kept = deliver(handler, limit);
            if (kept > 0) {
                return kept;
            }
            // Nothing was kept, or nothing that is not crossed out.
            fetch(limit);
            return deliver(handler, limit);
        } finally {
            lock.unlock();
        }
    }

    private void fetch(final int limit) {
        block.clear().putInt(handle).putInt(limit);
        next = 0;
        count = 0;
        count = (int) rnic.calls().call(SystemCall.POLL, block);
    }

    private int deliver(final CompletionHandler handler, final int limit) {
        int delivered = 0;
        while (next < count && delivered < limit) {
            final int at = next++ * CompletionRecord.BYTES;
            if (!CompletionRecord.isCrossedOut(block.words(), at)) {
                CompletionRecord.read(block.words(), at, flyweight);
                delivered++;
                handler.onCompletion(flyweight);
            }
        }
        return delivered;
    }

    /** Crosses out what was fetched for a queue pair that is destroyed or reset. */
    void forget(final int queuePairNumber) {
        lock.lock();
        try {
            for (int i = next; i < count; i++) {
                CompletionRecord.crossOut(block.words(), i * CompletionRecord.BYTES, queuePairNumber);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void requestNotification(final boolean solicitedOnly) {
        rnic.calls().call(SystemCall.ARM, rnic.calls().block().putInt(handle).putInt(solicitedOnly ? 1 : 0));
    }

    @Override
    public void resize(final int completions) {
        checkNotInHandler();
        capacity = (int) rnic.calls().call(SystemCall.RESIZE_COMPLETION_QUEUE,
            rnic.calls().block().putInt(handle).putInt(completions));
    }

    @Override
    public CompletionQueueAttributes query() {
        final ArgumentBlock results = rnic.calls().block().putInt(handle);
        final int unpolled = (int) rnic.calls().call(SystemCall.QUERY_COMPLETION_QUEUE, results);
        return new CompletionQueueAttributes(
            number, results.getInt(), unpolled, results.getInt() != 0, results.getInt() != 0);
    }

    @Override
    public void close() {
        checkNotInHandler();
        rnic.calls().call(SystemCall.CLOSE, handle);
        rnic.forget(this);
    }

    void checkNotInHandler() {
        lock.checkNotInHandler();
    }

    @Override
    public String toString() {
        return "completion queue " + number;
    }
}
