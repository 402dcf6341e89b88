package io.rnic.emu.engine;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * How the NIC's own thread idles: the longer nothing comes, the less it looks, and at last it sleeps until a doorbell
 * wakes it. So a NIC that is not used takes nothing of a core.
 *
 * <pre>
 *   looks again, {@value #SPINS} times -- yields, {@value #YIELDS} -- rests, {@value #RESTS}, of 1 to 50 us -- sleeps
 * </pre>
 *
 * <p>Nobody rings in vain: who sleeps says so first and then looks once more, and who rings looks for a sleeper
 * afterwards; a full fence stands between the two on either side.
 */
public final class DoorbellIdle implements IdleStrategy {
    private static final int SPINS = 100;
    private static final int YIELDS = 10;
    private static final int RESTS = 40;
    private static final long MIN_REST_NS = 1_000;
    private static final long MAX_REST_NS = 50_000;
    private static final long SLEEP_NS = 1_000_000_000;

    private final BooleanSupplier hasWork;
    private final long sleepNs;
    private int idles;
    private long restNs = MIN_REST_NS;
    private volatile @Nullable Thread sleeper;

    /**
     * Idles until there is work.
     *
     * @param hasWork whether a doorbell has rung that nobody has answered
     */
    public DoorbellIdle(final BooleanSupplier hasWork) {
        this(hasWork, SLEEP_NS);
    }

    DoorbellIdle(final BooleanSupplier hasWork, final long sleepNs) {
        this.hasWork = hasWork;
        this.sleepNs = sleepNs;
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // who rings may need this core
    public void idle() {
        if (idles < SPINS) {
            Thread.onSpinWait();
        } else if (idles < SPINS + YIELDS) {
            Thread.yield();
        } else if (idles < SPINS + YIELDS + RESTS) {
            LockSupport.parkNanos(restNs);
            restNs = Math.min(restNs << 1, MAX_REST_NS);
        } else {
            sleep();
            return;
        }
        idles++;
    }

    private void sleep() {
        sleeper = Thread.currentThread();
        VarHandle.fullFence();
        if (!hasWork.getAsBoolean()) {
            LockSupport.parkNanos(this, sleepNs);
        }
        sleeper = null;
    }

    /** A doorbell has rung. */
    void wake() {
        VarHandle.fullFence();
        final Thread sleeping = sleeper;
        if (sleeping != null) {
            LockSupport.unpark(sleeping);
        }
    }

    @Override
    public void reset() {
        idles = 0;
        restNs = MIN_REST_NS;
    }

    @Override
    public String alias() {
        return "doorbell";
    }
}
