package io.rnic.emu.stress;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the two threads of a scenario meet, so that they do their part at the same time and not one after the other.
 * Neither waits long: the other may not be running just now. What comes after it is in no way ordered by it.
 */
final class StartLine {
    private static final int PATIENCE = 500;

    private final AtomicInteger arrived = new AtomicInteger();

    /** Returns when both are there, or after a while. */
    void await() {
        arrived.getAndIncrement();
        for (int spins = 0; spins < PATIENCE && arrived.get() < 2; spins++) {
            Thread.onSpinWait();
        }
    }
}
