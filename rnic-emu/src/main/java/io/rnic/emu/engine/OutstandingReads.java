package io.rnic.emu.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.BitUtil;

/**
 * The Reads and atomics that a queue pair has asked for over a stream, oldest first: as many as its ORD. The send side
 * adds and retires them under its lock; the connection's thread, which alone takes answers, looks at the oldest one
 * that is not answered.
 *
 * <pre>
 *   retired  &lt;=  answered  &lt;=  asked
 * </pre>
 */
final class OutstandingReads {
    private static final VarHandle ASKED;
    private static final VarHandle ANSWERED;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            ASKED = lookup.findVarHandle(OutstandingReads.class, "asked", long.class);
            ANSWERED = lookup.findVarHandle(OutstandingReads.class, "answered", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int mask;
    private final boolean[] atomics;
    private final int[] sinkKeys;
    private final long[] sinkAddresses;
    private final int[] lengths;
    /** Bytes of the oldest one's answer that came: belongs to the connection's thread. */
    private int received;

    private long retired;
    private long answered;
    private long asked;

    OutstandingReads(final int ord) {
        final int slots = BitUtil.findNextPositivePowerOfTwo(Math.max(ord, 1));
        mask = slots - 1;
        atomics = new boolean[slots];
        sinkKeys = new int[slots];
        sinkAddresses = new long[slots];
        lengths = new int[slots];
    }

    /** How many are not answered; for the send side. */
    int count() {
        return (int) (asked - (long) ANSWERED.getAcquire(this));
    }

    /** Whether there is no place for another: completed ones make place. */
    boolean isFull() {
        return asked - retired > mask;
    }

    /** The number that the next one's message has in its queue: they are counted from 1 (RFC 5041 §4.3). */
    int nextMsn() {
        return (int) asked + 1;
    }

    /** Adds one, before its request leaves. */
    void add(final boolean atomic, final int sinkKey, final long sinkAddress, final int length) {
        final int slot = (int) asked & mask;
        atomics[slot] = atomic;
        sinkKeys[slot] = sinkKey;
        sinkAddresses[slot] = sinkAddress;
        lengths[slot] = length;
        ASKED.setRelease(this, asked + 1);
    }

    /** Whether the oldest one is answered; for the send side. */
    boolean isAnswered() {
        return retired != (long) ANSWERED.getAcquire(this);
    }

    /** The oldest one's request is completed. */
    void retire() {
        retired++;
    }

    /** Whether one is waiting for an answer; for the connection's thread, as all that follows. */
    boolean isWaiting() {
        return answered != (long) ASKED.getAcquire(this);
    }

    /** Which answer is waited for, counted from 1; 0 if none is. For any thread. */
    long owed() {
        final long done = (long) ANSWERED.getAcquire(this);
        return done == (long) ASKED.getAcquire(this) ? 0 : done + 1;
    }

    boolean isAtomic() {
        return atomics[slot()];
    }

    int sinkKey() {
        return sinkKeys[slot()];
    }

    long sinkAddress() {
        return sinkAddresses[slot()];
    }

    int length() {
        return lengths[slot()];
    }

    /** What the request's message was numbered. */
    int msn() {
        return (int) answered + 1;
    }

    int received() {
        return received;
    }

    void receive(final int bytes) {
        received += bytes;
    }

    /** The oldest one is answered. */
    void answer() {
        received = 0;
        ANSWERED.setRelease(this, answered + 1);
    }

    private int slot() {
        return (int) answered & mask;
    }
}
