package io.rnic.emu.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.BitUtil;

/**
 * The Reads and atomics that the peer has asked for over a stream and that are not yet answered, oldest first: as many
 * as the IRD that was agreed on, or fewer where it was lowered since. The connection's thread adds them, the send side
 * answers them under its lock.
 */
final class PendingAnswers {
    private static final VarHandle ADDED;
    private static final VarHandle DONE;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            ADDED = lookup.findVarHandle(PendingAnswers.class, "added", long.class);
            DONE = lookup.findVarHandle(PendingAnswers.class, "done", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** One request; what a Read does not have is 0. */
    static final class Request {
        /** RDMAP's opcode: a Read Request or an Atomic Request. */
        int opcode;
        int sinkStag;
        long sinkOffset;
        int length;
        int stag;
        long taggedOffset;
        boolean swaps;
        long operand;
        long comparand;
        /** By what the asking side knows an atomic. */
        int identifier;
        int msn;
    }

    private final int mask;
    private final Request[] requests;
    private long added;
    private long done;
    /** Bytes of the oldest one's answer that were sent: belongs to the send side. */
    private int sent;

    PendingAnswers(final int ird) {
        final int slots = BitUtil.findNextPositivePowerOfTwo(Math.max(ird, 1));
        mask = slots - 1;
        requests = new Request[slots];
        for (int i = 0; i < slots; i++) {
            requests[i] = new Request();
        }
    }

    /** Whether another one is allowed, with that IRD now; for the connection's thread. */
    boolean hasRoom(final int ird) {
        return added - (long) DONE.getAcquire(this) < ird;
    }

    /** The request to fill before {@link #add}. */
    Request next() {
        return requests[(int) added & mask];
    }

    /** Adds the one that was filled. */
    void add() {
        ADDED.setRelease(this, added + 1);
    }

    /** Whether one is to be answered; for the send side, as all that follows. */
    boolean isWaiting() {
        return done != (long) ADDED.getAcquire(this);
    }

    Request oldest() {
        return requests[(int) done & mask];
    }

    int sent() {
        return sent;
    }

    void send(final int bytes) {
        sent += bytes;
    }

    /** The oldest one is answered. */
    void finish() {
        sent = 0;
        DONE.setRelease(this, done + 1);
    }
}
