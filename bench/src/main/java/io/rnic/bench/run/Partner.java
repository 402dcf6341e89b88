package io.rnic.bench.run;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The other thread of an experiment. It does one piece of work after the other for the thread that made it, and parks
 * in between. One and the same thread serves a whole run, so that a lock of the device that favours its first thread
 * sees only one on each side.
 */
public final class Partner implements AutoCloseable {
    private static final int SPINS = 50;
    private static final long JOIN_MS = 15_000;

    private final Thread thread;
    private final int otherThreads;
    private volatile @Nullable Runnable work;
    private volatile boolean ready;
    private volatile boolean stopping;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    /**
     * Starts the thread.
     *
     * @param name         its name
     * @param otherThreads how many threads beside this one and its maker are busy: the NIC's own, if it has one
     */
    public Partner(final String name, final int otherThreads) {
        this.otherThreads = otherThreads;
        thread = Thread.ofPlatform().daemon().name(name).start(this::serve);
    }

    /** A wait for the thread that calls, while both threads are busy. */
    public Waiting waiting() {
        return waiting(2);
    }

    /** A wait for the thread that calls, while the other has no work. */
    public Waiting waitingAlone() {
        return waiting(1);
    }

    /** The same as {@link #waiting()}, slim enough for loops whose own cost would show. */
    public Spin spin() {
        return new Spin(this, crowded(2));
    }

    private Waiting waiting(final int busyThreads) {
        return new Waiting(this, crowded(busyThreads) ? 0 : SPINS);
    }

    /** Where more threads are busy than there are cores, nobody spins. */
    private boolean crowded(final int busyThreads) {
        return busyThreads + otherThreads > Runtime.getRuntime().availableProcessors();
    }

    /**
     * Does one thing here while the partner does another.
     *
     * @param theirs the partner's work: says {@link #ready}, and returns when it is {@link #stopping}
     * @param ours   begins when the partner is ready; when it returns the partner is stopped
     * @throws ExperimentException if either fails, with what both have to say
     */
    public void beside(final Runnable theirs, final Runnable ours) {
        start(theirs);
        try {
            awaitReady();
            ours.run();
        } catch (final RuntimeException e) {
            throw finishAfter(e);
        }
        finish();
    }

    private RuntimeException finishAfter(final RuntimeException error) {
        try {
            finish();
            return error;
        } catch (final ExperimentException e) {
            return Objects.equals(e.getMessage(), error.getMessage())
                ? error : new ExperimentException(error.getMessage() + "; " + e.getMessage(), error);
        }
    }

    /** Begins a piece of work; the one before is finished. */
    void start(final Runnable piece) {
        throwIfFailed();
        ready = false;
        stopping = false;
        work = piece;
        LockSupport.unpark(thread);
    }

    /** Said by the work: what was to be prepared is prepared. */
    public void ready() {
        ready = true;
    }

    /**
     * Waits until the work says {@link #ready}.
     *
     * @throws ExperimentException if it failed
     */
    void awaitReady() {
        final Waiting waiting = waiting();
        while (!ready) {
            waiting.pause("the partner thread to be ready");
        }
    }

    /** Asked by the work wherever it waits: true when it is to return. */
    public boolean stopping() {
        return stopping;
    }

    /**
     * Ends the work and waits until it has returned.
     *
     * @throws ExperimentException if it failed
     */
    void finish() {
        stopping = true;
        final Waiting waiting = waiting();
        while (work != null && failure == null) {
            waiting.pause("the partner thread to return");
        }
        throwIfFailed();
    }

    /**
     * Says what went wrong in the thread.
     *
     * @throws ExperimentException if something did
     */
    void throwIfFailed() {
        final Throwable reason = failure;
        if (reason != null && Thread.currentThread() != thread) {
            throw new ExperimentException("partner thread", reason);
        }
    }

    /** Ends the work if there is one, and the thread. */
    @Override
    public void close() {
        stopping = true;
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(JOIN_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        while (!closed) {
            final Runnable piece = work;
            if (piece == null) {
                LockSupport.park(this);
                continue;
            }
            try {
                piece.run();
            } catch (final Throwable e) {
                failure = e;
                return;
            }
            work = null;
        }
    }
}
