package io.rnic.emu.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A lock that is free of atomic instructions while one and the same thread takes it.
 *
 * <p>The first thread to take it becomes its owner. The owner says {@code held} by a plain store and looks whether the
 * lock is still its own. A second thread ends that once and for all: it says so, runs a {@link GlobalBarrier} (so that
 * either the owner sees it or it sees the owner's {@code held}), waits until the owner is outside, and from then on the
 * lock is an ordinary spin lock. An atomic instruction would drain the store buffer, and with it wait for every line on
 * its way to the other side: that is what this saves (compare biased locking in Dice, Moir, Scherer 2003).
 *
 * <p>Not reentrant. Sections are short; waiting spins, then yields.
 */
public final class BiasedLock {
    private static final int BIASED = 0;
    private static final int REVOKING = 1;
    private static final int FREE = 2;
    private static final int TAKEN = 3;

    private static final VarHandle OWNER;
    private static final VarHandle HELD;
    private static final VarHandle MODE;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            OWNER = lookup.findVarHandle(BiasedLock.class, "owner", Thread.class);
            HELD = lookup.findVarHandle(BiasedLock.class, "held", int.class);
            MODE = lookup.findVarHandle(BiasedLock.class, "mode", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private @Nullable Thread owner;
    private int held;
    private int mode = BIASED;

    /** A lock that nobody has taken yet. */
    public BiasedLock() {
    }

    /** Takes the lock, waiting for it if need be. */
    public void lock() {
        if (!lockBiased()) {
            lockShared();
        }
    }

    /**
     * Takes the lock unless another thread holds it. While the lock is some other thread's own it waits for that thread
     * to leave, so that a holder that is seen to hold it is never the owner of a biased lock.
     */
    public boolean tryLock() {
        if (lockBiased()) {
            return true;
        }
        revoke();
        if (MODE.compareAndSet(this, FREE, TAKEN)) {
            return true;
        }
        // What the caller stored before it tried is seen by the holder when it looks again after unlock().
        VarHandle.fullFence();
        return false;
    }

    private boolean lockBiased() {
        final Thread current = Thread.currentThread();
        Thread biasedTo = (Thread) OWNER.getOpaque(this);
        if (biasedTo == null) {
            biasedTo = (Thread) OWNER.compareAndExchange(this, null, current);
            if (biasedTo == null) {
                biasedTo = current;
            }
        }
        if (biasedTo == current) {
            // Pairs with the barrier in revoke(): the processor needs no fence between this store and the load behind
            // it. The compiler must keep their order, though: it moves nothing over this fence, which costs nothing on
            // x86.
            HELD.setRelease(this, 1);
            VarHandle.acquireFence();
            if ((int) MODE.getAcquire(this) == BIASED) {
                return true;
            }
            HELD.setRelease(this, 0);
        }
        return false;
    }

    private void lockShared() {
        revoke();
        for (int spins = 0; !MODE.compareAndSet(this, FREE, TAKEN); spins++) {
            Spin.pause(spins);
        }
    }

    private void revoke() {
        int now = (int) MODE.getAcquire(this);
        if (now == BIASED && MODE.compareAndSet(this, BIASED, REVOKING)) {
            GlobalBarrier.full();
            for (int spins = 0; (int) HELD.getAcquire(this) != 0; spins++) {
                Spin.pause(spins);
            }
            MODE.setRelease(this, FREE);
            return;
        }
        for (int spins = 0; now == BIASED || now == REVOKING; spins++) {
            Spin.pause(spins);
            now = (int) MODE.getAcquire(this);
        }
    }

    /** Gives the lock back; the caller holds it. */
    public void unlock() {
        if ((int) HELD.getOpaque(this) != 0 && owner == Thread.currentThread()) {
            HELD.setRelease(this, 0);
        } else {
            // Volatile: what the caller looks at next (is there new work?) must not be looked at before others see
            // this.
            MODE.setVolatile(this, FREE);
        }
    }
}
