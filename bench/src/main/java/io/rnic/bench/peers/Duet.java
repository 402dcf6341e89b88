package io.rnic.bench.peers;

import com.sun.management.ThreadMXBean;
import io.rnic.bench.limits.CacheLine;
import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Spin;
import java.lang.management.ManagementFactory;

/** The two threads of a test, and what they allocate while it runs. */
final class Duet {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * A run is done in several pieces, for between them the partner is woken anew, and so comes to an idle core if
     * there is one.
     */
    private static final int PIECES = 6;

    private final Partner partner;
    private long theirBytes;

    /** What the main thread does: runs for a while and records. Allocates nothing, if the peer does not. */
    interface Work {
        /** Runs. */
        void run(long durationNs, Slice slice);
    }

    Duet(final Partner partner) {
        this.partner = partner;
    }

    /** A wait for one of the threads. */
    Spin spin() {
        return partner.spin();
    }

    /** A line, or two, between both threads. */
    CacheLine cacheLine(final boolean twoLines) {
        return new CacheLine(partner, twoLines);
    }

    /**
     * Runs one thing here while the partner runs another.
     *
     * @param prepare what the partner does first: nothing is sent to it before
     * @param theirs  returns when its {@link Spin} says that it is to stop
     */
    void run(final Runnable prepare, final Runnable theirs, final Work ours, final long durationNs,
             final Slice slice) {
        final Runnable counted = () -> {
            prepare.run();
            partner.ready();
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            theirs.run();
            theirBytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        };
        final Runnable here = () -> piece(ours, durationNs / PIECES, slice);
        for (int i = 0; i < PIECES; i++) {
            partner.beside(counted, here);
            slice.allocated(theirBytes);
        }
    }

    /** The same without anything to prepare. */
    void run(final Runnable theirs, final Work ours, final long durationNs, final Slice slice) {
        run(() -> { }, theirs, ours, durationNs, slice);
    }

    /** Runs one thing here while the partner sleeps. */
    void alone(final Work ours, final long durationNs, final Slice slice) {
        for (int i = 0; i < PIECES; i++) {
            piece(ours, durationNs / PIECES, slice);
        }
    }

    private static void piece(final Work ours, final long durationNs, final Slice slice) {
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        ours.run(durationNs, slice);
        slice.allocated(THREADS.getCurrentThreadAllocatedBytes() - before);
    }
}
