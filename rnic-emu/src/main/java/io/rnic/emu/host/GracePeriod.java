package io.rnic.emu.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Waits until every thread that was doing the NIC's work has left it once, so that what was revoked before is used by
 * nobody any more (read-copy-update, with {@link GlobalBarrier} in the place of fences).
 *
 * <p>A thread enters by a store of its own counter, leaves by another; both are on a line of its own.
 */
public final class GracePeriod {
    private static final VarHandle EPOCH;

    static {
        try {
            EPOCH = MethodHandles.lookup().findVarHandle(Participant.class, "epoch", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final CopyOnWriteArrayList<WeakReference<Participant>> participants = new CopyOnWriteArrayList<>();

    /** A grace period without participants. */
    public GracePeriod() {
    }

    /** One thread that does the NIC's work. */
    public static class Participant extends LinePadding {
        private long epoch;
        private int depth;

        /** A participant that is outside. */
        public Participant() {
        }

        /** Begins a piece of work; may be nested. */
        public final void enter() {
            if (depth == 0) {
                begin();
            }
            depth++;
        }

        /** Ends a piece of work. */
        public final void exit() {
            if (--depth == 0) {
                end();
            }
        }

        /** Begins a piece of work that is not part of another. */
        public final void begin() {
            assert depth == 0 : "inside already";
            // Pairs with the barrier in await(): what was revoked before is seen by the loads behind this store.
            // The fence is for the compiler, which must keep their order.
            EPOCH.setRelease(this, epoch + 1);
            VarHandle.acquireFence();
        }

        /** Ends what {@link #begin} began. */
        public final void end() {
            EPOCH.setRelease(this, epoch + 1);
        }
    }

    /** Adds a thread; it is forgotten when nobody refers to it any more. */
    public void join(final Participant participant) {
        participants.removeIf(p -> p.get() == null);
        participants.add(new WeakReference<>(participant));
    }

    /**
     * Returns when all work that was going on at the call has ended; the caller must not be inside such work itself.
     */
    public void await() {
        GlobalBarrier.full();
        participants.forEach(GracePeriod::awaitExit); // not by an iterator: that would be allocated
    }

    /**
     * The same for a thread that is inside, but not inside another piece of work: it leaves meanwhile, so that what it
     * found before counts no more, and whatever it looked at may have gone.
     */
    public void awaitFromInside(final Participant self) {
        assert self.depth <= 1 : "inside other work";
        self.end();
        await();
        EPOCH.setRelease(self, self.epoch + 1); // as in begin()
        VarHandle.acquireFence();
    }

    private static void awaitExit(final WeakReference<Participant> reference) {
        final Participant participant = reference.get();
        if (participant == null) {
            return;
        }
        final long seen = (long) EPOCH.getAcquire(participant);
        if ((seen & 1) == 0) {
            return;
        }
        for (int spins = 0; (long) EPOCH.getAcquire(participant) == seen; spins++) {
            Spin.pause(spins);
        }
    }
}
