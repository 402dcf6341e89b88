package io.rnic.bench.run;

/**
 * How one thread waits for something that another is about to do: it spins a little, then yields the core at every
 * look, and gives up when nothing came for a long time or the other thread has failed.
 *
 * <pre>{@code
 * waiting.begin();
 * while (!there()) {
 *     waiting.pause("a completion");
 * }
 * }</pre>
 *
 * <p>For one thread. Allocates nothing unless it gives up.
 */
public final class Waiting {
    private static final long GIVE_UP_NS = 10_000_000_000L;
    private static final int LOOKS_BETWEEN_CHECKS = 1024;

    private final Partner partner;
    private final int spins;
    private int looks;
    private long deadlineNs;

    /**
     * Waits beside a partner.
     *
     * @param partner the other thread, or the one that waits
     * @param spins   how often to look again before the core is given away: 0 when there are fewer cores than threads
     */
    Waiting(final Partner partner, final int spins) {
        this.partner = partner;
        this.spins = spins;
    }

    /** Starts a new wait. */
    public void begin() {
        looks = 0;
    }

    /**
     * Lets a moment pass.
     *
     * @param what what is waited for, for the message
     * @throws ExperimentException if it did not come for 10 seconds, or the other thread has failed
     */
    @SuppressWarnings("ThreadPriorityCheck") // yield is the point: the other thread may need this core
    public void pause(final String what) {
        looks++;
        if (looks <= spins) {
            Thread.onSpinWait();
            return;
        }
        Thread.yield();
        if (looks % LOOKS_BETWEEN_CHECKS == 0) {
            check(what);
        }
    }

    private void check(final String what) {
        partner.throwIfFailed();
        final long nowNs = System.nanoTime();
        if (looks <= spins + LOOKS_BETWEEN_CHECKS) {
            deadlineNs = nowNs + GIVE_UP_NS;
        } else if (nowNs - deadlineNs > 0) {
            throw new ExperimentException("waited 10 s in vain for " + what);
        }
    }
}
