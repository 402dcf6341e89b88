package io.rnic.emu.host;

/** Waiting for another thread that is about to be done. */
final class Spin {
    private static final int SPINS_BEFORE_YIELD = 200;

    private Spin() {
    }

    /** Waits a little: spins at first, then lets others run, which on a single core is what is waited for. */
    @SuppressWarnings("ThreadPriorityCheck") // yield is the point: the other thread may need this core
    static void pause(final int spins) {
        if (spins < SPINS_BEFORE_YIELD) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }
}
