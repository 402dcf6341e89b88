package io.rnic.emu.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** How many requests of a queue are known to be done. Written by the poller, read by the poster. */
final class RetiredCount {
    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(RetiredCount.class, "count", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long count;

    long get() {
        return (long) COUNT.getAcquire(this);
    }

    /** Counts up to and including the slot of which {@code slotNumber} is the low half of its number. */
    void retireUpTo(final int slotNumber) {
        COUNT.setRelease(this, count + (slotNumber + 1 - (int) count));
    }

    void reset() {
        COUNT.setRelease(this, 0L);
    }
}
