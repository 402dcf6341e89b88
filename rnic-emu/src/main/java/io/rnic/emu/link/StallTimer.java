package io.rnic.emu.link;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Drops a peer that does not go on with what is begun. While nothing is, nothing is scheduled; and while all goes well
 * the event loop looks once in a timeout, so a peer is dropped after one to two of them.
 */
abstract class StallTimer implements Runnable {
    private final EventExecutor loop;
    private final int timeoutMs;
    private final AtomicBoolean armed = new AtomicBoolean();
    /** Whether nothing has gone on since the last look. */
    private volatile boolean suspected;

    StallTimer(final EventExecutor loop, final int timeoutMs) {
        this.loop = loop;
        this.timeoutMs = timeoutMs;
    }

    /** Whether something is begun and not ended. */
    abstract boolean isPending();

    /** Ends the connection; in the event loop. */
    abstract void drop();

    /** Something is begun; any thread. */
    final void arm() {
        if (!armed.get() && armed.compareAndSet(false, true)) {
            suspected = true;
            schedule();
        }
    }

    /** It goes on; any thread. */
    final void progress() {
        if (suspected) {
            suspected = false;
        }
    }

    private void schedule() {
        loop.schedule(this, timeoutMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public final void run() {
        if (!isPending()) {
            armed.set(false);
            if (isPending()) { // begun just now, and found armed
                arm();
            }
        } else if (suspected) {
            drop();
        } else {
            suspected = true;
            schedule();
        }
    }
}
