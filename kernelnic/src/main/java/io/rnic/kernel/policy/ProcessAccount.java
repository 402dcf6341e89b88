package io.rnic.kernel.policy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;

/** What the kernel holds against one process: against all who opened the device under its name. */
public final class ProcessAccount {
    /** Who has the device open: whom the kernel asks to give memory back, and what it cuts. */
    public static final class Opener {
        private volatile LongUnaryOperator giveBack = bytes -> 0;
        private volatile LongUnaryOperator cut = bytes -> 0;

        private Opener() {
        }

        /** Names who gives memory back. */
        public void onReclaim(final LongUnaryOperator handler) {
            giveBack = handler;
        }

        /** Names who deregisters its regions by force: bytes wanted to bytes freed. */
        public void onCut(final LongUnaryOperator handler) {
            cut = handler;
        }
    }

    private final String name;
    private final LongAdder systemCalls = new LongAdder();
    private final LongAdder bytesGivenBack = new LongAdder();
    private final LongAdder bytesCut = new LongAdder();
    /** In the order in which they came; read without a lock. */
    private final List<Opener> openers = new CopyOnWriteArrayList<>();
    private long lockedBytes;

    /** An account with nothing in it. */
    public ProcessAccount(final String name) {
        this.name = name;
    }

    /** The process's name. */
    public String name() {
        return name;
    }

    /** One more has opened the device under this name. */
    public Opener enter() {
        final Opener opener = new Opener();
        openers.add(opener);
        return opener;
    }

    /** One less, who is not asked any more; returns how many are left. */
    public int leave(final Opener opener) {
        openers.remove(opener);
        return openers.size();
    }

    /** Counts a system call. */
    public void countSystemCall() {
        systemCalls.increment();
    }

    /** The system calls so far. */
    public long systemCalls() {
        return systemCalls.sum();
    }

    /**
     * Asks the process to give memory back, one who has the device open after the other until it is enough; to be
     * called without any lock, for they may register and deregister.
     */
    void giveBack(final long bytes) {
        final long before = lockedBytes();
        for (final Opener opener : openers) {
            final long missing = bytes - (before - lockedBytes());
            if (missing <= 0) {
                break;
            }
            try {
                // What it says is not believed: what counts is what the process has pinned afterwards.
                final var _ = opener.giveBack.applyAsLong(missing);
            } catch (final Throwable e) {
                // Whatever an application throws is its own affair: what it has not given back is cut.
            }
        }
        bytesGivenBack.add(Math.max(0, before - lockedBytes()));
    }

    /** Deregisters regions of the process: of who came first before those of others, and of each the oldest first. */
    void cut(final long bytes) {
        long freed = 0;
        for (final Opener opener : openers) {
            freed += freed < bytes ? opener.cut.applyAsLong(bytes - freed) : 0;
        }
        bytesCut.add(freed);
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
