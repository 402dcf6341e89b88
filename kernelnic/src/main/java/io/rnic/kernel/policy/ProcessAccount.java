package io.rnic.kernel.policy;

import java.util.concurrent.atomic.LongAdder;

/** What the kernel holds against one process. */
public final class ProcessAccount {
    private final String name;
    private final LongAdder systemCalls = new LongAdder();
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

    /** The bytes that it has pinned. */
    public synchronized long lockedBytes() {
        return lockedBytes;
    }

    synchronized void addLockedBytes(final long bytes) {
        lockedBytes += bytes;
    }
}
