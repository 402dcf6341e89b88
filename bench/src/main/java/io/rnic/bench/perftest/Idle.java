package io.rnic.bench.perftest;

import io.rnic.bench.run.ExperimentException;

/**
 * How a side waits when the wait must not show in the figure: it looks again at once, then yields the core at every
 * look; now and then it looks whether the other side has news, for instance that it is gone. Allocates nothing unless
 * it gives up.
 */
final class Idle {
    private static final int SPINS = 200;
    private static final int LOOKS_BETWEEN_NEWS = 4;
    private static final int LOOKS_BETWEEN_CLOCKS = 4096;
    private static final long GIVE_UP_NS = 30_000_000_000L;

    private final Control control;
    private int looks;
    private long sinceNs;

    Idle(final Control control) {
        this.control = control;
    }

    /** A new wait begins. */
    void begin() {
        looks = 0;
    }

    /**
     * Lets a moment pass.
     *
     * @param what what is waited for, for the message
     * @return whether the other side has news instead
     * @throws ExperimentException if nothing came for 30 seconds
     */
    @SuppressWarnings("ThreadPriorityCheck") // yield is the point: the other side may need this core
    boolean pause(final String what) {
        looks++;
        if (looks <= SPINS) {
            Thread.onSpinWait();
            return false;
        }
        Thread.yield();
        if (looks == SPINS + 1) {
            sinceNs = System.nanoTime();
        } else if (looks % LOOKS_BETWEEN_CLOCKS == 0) {
            looks = LOOKS_BETWEEN_CLOCKS;
            if (System.nanoTime() - sinceNs > GIVE_UP_NS) {
                throw new ExperimentException("waited 30 s in vain for " + what);
            }
        }
        return looks % LOOKS_BETWEEN_NEWS == 0 && control.hasNews();
    }

    /**
     * Lets a moment pass in which the other side has nothing to tell.
     *
     * @throws ExperimentException if it tells something, or is gone, or nothing came for 30 seconds
     */
    void pauseAlone(final String what) {
        if (pause(what)) {
            throw new ExperimentException("the other side tells " + control.hear().what() + " before " + what);
        }
    }
}
