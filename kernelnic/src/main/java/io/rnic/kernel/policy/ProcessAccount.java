package io.rnic.kernel.policy;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;

/** What the kernel holds against one process. */
public final class ProcessAccount {
    private final String name;
    private final LongAdder systemCalls = new LongAdder();
    private final LongAdder bytesGivenBack = new LongAdder();
    private final LongAdder bytesCut = new LongAdder();
    private LongUnaryOperator giveBack = bytes -> 0;
    private LongUnaryOperator cut = bytes -> 0;
    private long lockedBytes;
    private int openers;

    /** An account with nothing in it. */
    public ProcessAccount(final String name) {
        this.name = name;
    }

    /** The process's name. */
    public String name() {
        return name;
    }

    /** One more has opened the device under this name. */
    public synchronized void enter() {
        openers++;
    }

    /** One less; returns how many are left. */
    public synchronized int leave() {
        return --openers;
    }

    /** Counts a system call. */
    public void countSystemCall() {
        systemCalls.increment();
    }

    /** The system calls so far. */
    public long systemCalls() {
        return systemCalls.sum();
    }

    /** Names who gives memory back. */
    public synchronized void onReclaim(final LongUnaryOperator handler) {
        giveBack = handler;
    }

    /** Names who deregisters the process's regions by force: bytes wanted to bytes freed. */
    public synchronized void onCut(final LongUnaryOperator handler) {
        cut = handler;
    }

    /** Asks the process to give memory back; to be called without any lock, for it may register and deregister. */
    void giveBack(final long bytes) {
        final LongUnaryOperator handler;
        synchronized (this) {
            handler = giveBack;
        }
        final long before = lockedBytes();
        try {
            // What it says is not believed: what counts is what it has pinned afterwards.
            final var _ = handler.applyAsLong(bytes);
        } catch (final Throwable e) {
            // Whatever an application throws is its own affair: what it has not given back is cut.
        }
        bytesGivenBack.add(Math.max(0, before - lockedBytes()));
    }

    /** Deregisters regions of the process, the oldest first. */
    void cut(final long bytes) {
        final LongUnaryOperator handler;
        synchronized (this) {
            handler = cut;
        }
        bytesCut.add(handler.applyAsLong(bytes));
    }

    /** What it gave back when it was asked. */
    public long bytesGivenBack() {
        return bytesGivenBack.sum();
    }

    /** What was taken from it by force. */
    public long bytesCut() {
        return bytesCut.sum();
    }

    /** The bytes that it has pinned. */
    public synchronized long lockedBytes() {
        return lockedBytes;
    }

    synchronized void addLockedBytes(final long bytes) {
        lockedBytes += bytes;
    }
}
