package io.rnic.emu.link;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Drops a peer that does not go on with what is begun, or so slowly that it might as well not: a byte now and then
 * would keep memory and a queue pair for ever. While nothing is begun, nothing is scheduled; and while all goes well
 * the event loop looks once in a timeout, so a peer is dropped after one to two of them.
 */
abstract class StallTimer implements Runnable {
    private final EventExecutor loop;
    private final int timeoutMs;
    private final AtomicBoolean armed = new AtomicBoolean();

    StallTimer(final EventExecutor loop, final int timeoutMs) {
        this.loop = loop;
        this.timeoutMs = timeoutMs;
    }

    /** Whether something is begun and not ended. */
    abstract boolean isPending();

    /**
     * Whether it is something else than when this was asked last, or has gone on by {@link #leastBytes} since; in the
     * event loop.
     */
    abstract boolean hasMoved();

    /** Ends the connection; in the event loop. */
    abstract void drop();

    /** What has to move in a timeout: a byte in each millisecond. */
    final int leastBytes() {
        return timeoutMs;
    }

    /** Something is begun; any thread. */
    final void arm() {
        if (!armed.get() && armed.compareAndSet(false, true)) {
            schedule();
        }
    }

    private void schedule() {
        loop.schedule(this, timeoutMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public final void run() {
        final boolean moved = hasMoved();
        if (!isPending()) {
            armed.set(false);
            if (isPending()) { // begun just now, and found armed
                arm();
            }
        } else if (moved) {
            schedule();
        } else {
            drop();
        }
    }
}
