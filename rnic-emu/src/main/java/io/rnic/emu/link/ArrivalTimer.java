package io.rnic.emu.link;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Drops a peer that leaves an FPDU or a message begun, or an RDMA Read unanswered, or is too slow with it. While other
 * bytes come it is not said to be slow: an answer may have to wait for a long message before it.
 */
abstract class ArrivalTimer extends StallTimer {
    /** Bytes that have come: written by who reads. */
    private final AtomicLong arrived = new AtomicLong();
    /** What has come ends in the middle of something since so many bytes, at least 1; 0 if it does not. */
    private volatile long begun;

    /** When it was looked last: in the event loop. */
    private long seenBytes;
    private long seenBegun;
    private long seenOwed;
    private boolean stuckInside;

    ArrivalTimer(final EventExecutor loop, final int timeoutMs) {
        super(loop, timeoutMs);
    }

    /** Which answer of the peer is waited for: 0 if none. */
    abstract long owed();

    /**
     * Ends the connection; in the event loop.
     *
     * @param inside whether something that the peer had begun is not ended; else an answer is missing
     */
    abstract void drop(boolean inside);

    @Override
    final void drop() {
        drop(stuckInside);
    }

    /**
     * Bytes have come; one thread at a time.
     *
     * @param inside whether they end in the middle of an FPDU or a message
     */
    final void arrived(final int bytes, final boolean inside) {
        final long all = arrived.getPlain() + bytes;
        arrived.setOpaque(all);
        if (inside != (begun != 0)) {
            begun = inside ? all : 0;
        }
        if (inside) {
            arm();
        }
    }

    @Override
    final boolean isPending() {
        return begun != 0 || owed() != 0;
    }

    @Override
    final Progress look() {
        final long nowBegun = begun;
        final long nowOwed = owed();
        final long nowBytes = arrived.getOpaque();
        stuckInside = nowBegun != 0 && nowBegun == seenBegun;
        final boolean isSame = stuckInside || (nowOwed != 0 && nowOwed == seenOwed);
        final boolean isIdle = (nowBegun | nowOwed | seenBegun | seenOwed) == 0 && nowBytes == seenBytes;
        final Progress progress = isIdle ? Progress.IDLE
            : isSame && nowBytes - seenBytes < leastBytes() ? Progress.STANDS : Progress.MOVES;
        seenBegun = nowBegun;
        seenOwed = nowOwed;
        seenBytes = nowBytes;
        return progress;
    }
}
