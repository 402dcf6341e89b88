package io.rnic.emu.engine;

import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;

/**
 * A thread of the NIC's own, which does an agent's work until it is closed, and ends for nothing else: not for an
 * error, which is told where the JVM tells such things, and not for an interrupt, which Agrona's runner would end for.
 * HotSpot interrupts a thread that is copying when the arena of that memory is closed.
 */
public final class NicThread implements AutoCloseable {
    private final Agent agent;
    private final IdleStrategy idle;
    private final Thread thread;
    private volatile boolean running = true;

    /** A thread that does the work once it is {@link #start started}. */
    public NicThread(final Agent agent, final IdleStrategy idle, final String name) {
        this.agent = agent;
        this.idle = idle;
        thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /** Begins to work. */
    public void start() {
        thread.start();
    }

    private void run() {
        while (running) {
            final int done = work();
            if (done == 0) {
                Thread.interrupted(); // else it could not park any more
            }
            idle.idle(done);
        }
    }

    private int work() {
        try {
            return agent.doWork();
        } catch (final Throwable e) { // a fault of this program: the others' work goes on
            report(e);
            return 0;
        }
    }

    @SuppressWarnings("EmptyCatch") // as the JVM does with what such a handler throws
    private void report(final Throwable error) {
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
        } catch (final Throwable ignored) {
            // there is nowhere left to tell it
        }
    }

    /** Lets it end, and returns when it has; an interrupt of the caller is kept for later. */
    @Override
    public void close() {
        running = false;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
