package io.rnic.kernel;

import io.rnic.emu.queue.CompletionFlyweight;
import io.rnic.emu.queue.PollLock;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.CompletionRecord;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionQueueAttributes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;

/**
 * A completion queue by its handle. One crossing brings many completions; those that a handler did not get to, because
 * it threw, are kept for the next poll.
 */
final class KernelCompletionQueue implements CompletionQueue {
    private static final VarHandle KEPT;

    static {
        try {
            KEPT = MethodHandles.lookup().findVarHandle(KernelCompletionQueue.class, "kept", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final KernelRnic rnic;
    private final int handle;
    private final int number;
    private volatile int capacity;
    private final ArgumentBlock block = new ArgumentBlock();
    private final CompletionFlyweight flyweight = new CompletionFlyweight();
    private final PollLock lock;
    private int next;
    private int count;
    /** Fetched, neither delivered nor crossed out: written by who holds the lock, and looked at by anyone. */
    private int kept;

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
        KEPT.setRelease(this, count);
    }

    private int deliver(final CompletionHandler handler, final int limit) {
        int delivered = 0;
        while (next < count && delivered < limit) {
            final int at = next++ * CompletionRecord.BYTES;
            if (!CompletionRecord.isCrossedOut(block.address(), at)) {
                CompletionRecord.read(block.address(), at, flyweight);
                delivered++;
                KEPT.setRelease(this, kept - 1);
                handler.onCompletion(flyweight);
            }
        }
        return delivered;
    }

    /** As {@link PollLock#awaitHandler}. */
    void awaitHandler() {
        lock.awaitHandler();
    }

    /** As {@link PollLock#patience}. */
    void patience(final Duration longest) {
        lock.patience(longest);
    }

    /**
     * Crosses out what was fetched for a queue pair that is destroyed or reset; BUSY if a handler does not return.
     */
    void forget(final int queuePairNumber) {
        lock.lockBriefly();
        try {
            for (int i = next; i < count; i++) {
                if (CompletionRecord.crossOut(block.address(), i * CompletionRecord.BYTES, queuePairNumber)) {
                    KEPT.setRelease(this, kept - 1);
                }
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
        return new CompletionQueueAttributes(number, results.getInt(), unpolled + (int) KEPT.getAcquire(this),
            results.getInt() != 0, results.getInt() != 0);
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
