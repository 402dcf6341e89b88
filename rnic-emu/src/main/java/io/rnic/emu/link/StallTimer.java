package io.rnic.emu.link;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Drops a peer that does not go on with what is begun, or so slowly that it might as well not: a byte now and then
 * would keep memory and a queue pair for ever. The event loop looks once in a timeout, so a peer is dropped after one
 * to two of them; it stops to look when nothing was begun for a whole one, and what goes on for long is armed but once.
 */
abstract class StallTimer implements Runnable {
    private final EventExecutor loop;
    private final int timeoutMs;
    private final AtomicBoolean armed = new AtomicBoolean();
    /** While it is armed; null for a moment after that. Of who armed it, or of the event loop. */
    private volatile @Nullable Future<?> looks;

    /** What became of what is begun since it was looked at last. */
    enum Progress {
        /** Nothing is begun, and was not. */
        IDLE,
        /** It is something else, or has gone on by {@link #leastBytes}, or has ended. */
        MOVES,
        /** It is the same as before. */
        STANDS
    }

    StallTimer(final EventExecutor loop, final int timeoutMs) {
        this.loop = loop;
        this.timeoutMs = timeoutMs;
    }

    /** Whether something is begun and not ended. */
    abstract boolean isPending();

    /** What has happened since this was asked last; in the event loop. */
    abstract Progress look();

    /** Ends the connection; in the event loop. */
    abstract void drop();

    /** What has to move in a timeout: a byte in each millisecond. */
    final int leastBytes() {
        return timeoutMs;
    }

    /** Something is begun; any thread. */
    final void arm() {
        if (!armed.get() && armed.compareAndSet(false, true)) {
            looks = loop.scheduleWithFixedDelay(this, timeoutMs, timeoutMs, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public final void run() {
        switch (look()) {
            case IDLE -> disarm();
            case STANDS -> {
                stop();
                drop();
            }
            case MOVES -> { }
        }
    }

    /** Looks no more: the connection has ended. Any thread. */
    final void stop() {
        armed.set(true);
        final Future<?> mine = looks;
        if (mine != null) {
            mine.cancel(false);
        }
    }

    private void disarm() {
        final Future<?> mine = looks;
        if (mine == null) {
            return; // it ran before who armed it could say so: the next look will do
        }
        looks = null;
        mine.cancel(false);
        armed.set(false);
        if (isPending()) { // begun just now, and found armed
            arm();
        }
    }
}
