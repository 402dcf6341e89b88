package io.rnic.emu.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A lock that is free of atomic instructions while one and the same thread takes it.
 *
 * <p>The first thread to take it has the bias. It says {@code held} by a plain store and looks whether the bias is
 * still its own. A second thread ends the bias: it says so, runs a {@link GlobalBarrier} (so that either the owner sees
 * it or it sees the owner's {@code held}), waits until the owner is outside, and from then on the lock is an ordinary
 * spin lock, until one thread has taken it {@value #STREAK} times running: that one gets the bias. An atomic
 * instruction would drain the store buffer, and with it wait for every line on its way to the other side: that is what
 * this saves (compare biased locking in Dice, Moir, Scherer 2003).
 *
 * <p>The bias of the first thread lies in the lock itself, and what the lock covers may extend it: then all that the
 * usual way needs stands side by side, and with many locks each of them is a cache miss less. A {@link SeparateLock}
 * covers what stands elsewhere.
 *
 * <p>Not reentrant. Sections are short; waiting spins, then yields.
 */
public abstract non-sealed class BiasedLock extends Bias {
    /**
     * So many times running does a thread take it before it gets the bias; a barrier costs as much as a few hundred.
     */
    static final int STREAK = 1024;

    private static final int BIASED = 0;
    private static final int REVOKING = 1;
    private static final int FREE = 2;
    private static final int TAKEN = 3;

    private static final VarHandle HELD;
    private static final VarHandle MODE;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            HELD = lookup.findVarHandle(Bias.class, "held", int.class);
            MODE = lookup.findVarHandle(BiasedLock.class, "mode", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Replaced by who holds the lock, while it is TAKEN. */
    private @Nullable Bias bias;
    /** The bias before that one, of another thread: two threads that take turns for long get theirs again. */
    private @Nullable Bias before;
    private int mode = FREE;
    /** Who took it last while nobody had the bias, and how often running: belong to who holds it. */
    private @Nullable Thread last;
    private int streak;

    /** A lock that nobody has taken yet. */
    protected BiasedLock() {
    }

    /** Takes the lock, waiting for it if need be. */
    @SuppressWarnings("ReferenceEquality") // the same object, that is the question
    public final void lock() {
        final Bias mine = bias;
        if (mine != null && mine.owner == Thread.currentThread()) {
            // Pairs with the barrier in revoke(): the processor needs no fence between this store and the loads behind
            // it. The compiler must keep their order, though: it moves nothing over this fence, which costs nothing on
            // x86.
            HELD.setRelease(mine, 1);
            VarHandle.acquireFence();
            if ((int) MODE.getAcquire(this) == BIASED && bias == mine) {
                return;
            }
            HELD.setRelease(mine, 0);
        }
        lockShared(null);
    }

    /** Takes the lock unless its holder keeps it for longer; whether it was taken. */
    @SuppressWarnings("ReferenceEquality") // as above
    public final boolean tryLock(final Deadline deadline) {
        final Bias mine = bias;
        if (mine != null && mine.owner == Thread.currentThread()) {
            HELD.setRelease(mine, 1); // as in lock(), which is to stay in one piece
            VarHandle.acquireFence();
            if ((int) MODE.getAcquire(this) == BIASED && bias == mine) {
                return true;
            }
            HELD.setRelease(mine, 0);
        }
        return lockShared(deadline);
    }

    /** Waits for ever without a deadline; false if the time has run out. */
    private boolean lockShared(final @Nullable Deadline deadline) {
        for (int spins = 0; !MODE.compareAndSet(this, FREE, TAKEN); spins++) {
            // Again and again: somebody else may have been given the bias meanwhile.
            final boolean ended = (int) MODE.getAcquire(this) != BIASED || revoke(deadline);
            if (!ended || hasPassed(deadline)) {
                return false;
            }
            Spin.pause(spins);
        }
        noteTaker();
        return true;
    }

    private static boolean hasPassed(final @Nullable Deadline deadline) {
        return deadline != null && deadline.leftNs() == 0;
    }

    /** Ends the bias; leaves it whose it is if the owner does not come out in time, and is false then. */
    private boolean revoke(final @Nullable Deadline deadline) {
        if (!MODE.compareAndSet(this, BIASED, REVOKING)) {
            return true; // somebody else does it
        }
        GlobalBarrier.full();
        final Bias revoked = bias;
        boolean out = revoked == null || (int) HELD.getAcquire(revoked) == 0;
        for (int spins = 0; !out && !hasPassed(deadline); spins++) {
            Spin.pause(spins);
            out = (int) HELD.getAcquire(revoked) == 0;
        }
        MODE.setRelease(this, out ? FREE : BIASED);
        return out;
    }

    private void noteTaker() {
        final Thread current = Thread.currentThread();
        streak = last == current ? streak + 1 : 1;
        last = current;
        final Bias latest = bias;
        if (latest == null) {
            owner = current;
            takeBias(this);
        } else {
            if (before == null && latest.owner != current) {
                // At once: when it gets the bias, it is long in the middle of its work.
                before = new LaterBias(current);
            }
            if (streak >= STREAK) {
                takeBias(latest.owner == current ? latest : exchange(latest, current));
            }
        }
    }

    /** The bias of a thread that does not have the latest one, which is the one before from now on. */
    private Bias exchange(final Bias latest, final Thread current) {
        final Bias earlier = before;
        before = latest;
        if (owner == current) {
            return this;
        }
        return earlier != null && earlier.owner == current ? earlier : new LaterBias(current);
    }

    private void takeBias(final Bias next) {
        bias = next;
        HELD.setRelease(next, 1);
        streak = 0;
        // Release: who sees BIASED sees whose it is.
        MODE.setRelease(this, BIASED);
    }

    /** Gives the lock back; the caller holds it. */
    public final void unlock() {
        final Bias mine = bias;
        // While it is TAKEN it is held without the bias; else the bias is the caller's, even if it is just being
        // revoked.
        if (mode != TAKEN && mine != null) {
            HELD.setRelease(mine, 0);
        } else {
            MODE.setRelease(this, FREE);
        }
    }
}
