package io.rnic.bench.run;

/**
 * How one thread waits for another when the wait itself must not show in the figure: it looks again at once, some
 * hundred times, then yields the core at every look. The number of looks is kept by the caller, in a register, so that
 * nothing is written while it spins.
 *
 * <pre>{@code
 * int looks = 0;
 * while (!there()) {
 *     looks = spin.pause(looks, "a message");
 * }
 * }</pre>
 *
 * <p>For one thread. Where there are fewer cores than busy threads it yields from the first look on. Allocates nothing
 * unless it gives up.
 */
public final class Spin {
    private static final int SPINS = 200;
    private static final int LOOKS_BETWEEN_CHECKS = 1024;
    private static final long GIVE_UP_NS = 10_000_000_000L;

    private final Partner partner;
    private final int spins;
    private long deadlineNs;

    /**
     * Waits beside a partner.
     *
     * @param partner the other thread, or the one that waits
     * @param crowded whether there are fewer cores than busy threads
     */
    Spin(final Partner partner, final boolean crowded) {
        this.partner = partner;
        spins = crowded ? 0 : SPINS;
    }

    /**
     * Lets a moment pass.
     *
     * @param looks how often it was looked in vain before
     * @param what  what is waited for, for the message
     * @return how often it was looked in vain by now
     * @throws ExperimentException if it did not come for 10 seconds, or the other thread has failed
     */
    public int pause(final int looks, final String what) {
        if (looks < spins) {
            Thread.onSpinWait();
            return looks + 1;
        }
        return yieldCore(looks, what);
    }

    /** Asked by the partner's work behind {@link #pause}: true, after a while of waiting, when it is to return. */
    public boolean stopped(final int looks) {
        return looks > spins && partner.stopping();
    }

    @SuppressWarnings("ThreadPriorityCheck") // yield is the point: the other thread may need this core
    private int yieldCore(final int looks, final String what) {
        Thread.yield();
        final int yields = looks - spins;
        if (yields % LOOKS_BETWEEN_CHECKS == 0) {
            partner.throwIfFailed();
            final long nowNs = System.nanoTime();
            if (yields == 0) {
                deadlineNs = nowNs + GIVE_UP_NS;
            } else if (nowNs - deadlineNs > 0) {
                throw new ExperimentException("waited 10 s in vain for " + what);
            }
        }
        return looks + 1;
    }
}
