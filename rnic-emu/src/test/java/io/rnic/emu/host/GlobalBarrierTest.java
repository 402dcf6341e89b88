package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GlobalBarrierTest {
    private static final int ROUNDS = 10_000;

    private final AtomicInteger[] x = fresh();
    private final AtomicInteger[] y = fresh();
    private final int[] seenByA = new int[ROUNDS];
    private final int[] seenByB = new int[ROUNDS];
    private final AtomicInteger roundOfA = new AtomicInteger(-1);
    private final AtomicInteger roundOfB = new AtomicInteger(-1);

    private static AtomicInteger[] fresh() {
        final AtomicInteger[] all = new AtomicInteger[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            all[i] = new AtomicInteger();
        }
        return all;
    }

    private static void meet(final AtomicInteger own, final AtomicInteger other, final int round) {
        own.set(round);
        for (int spins = 0; other.get() < round; spins++) {
            Spin.pause(spins);
        }
    }

    @Test
    void shouldLetAtLeastOneOfTwoThreadsSeeTheOther() throws InterruptedException {
        final Thread a = new Thread(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                meet(roundOfA, roundOfB, i);
                x[i].setOpaque(1);
                seenByA[i] = y[i].getOpaque();
            }
        });
        a.start();
        for (int i = 0; i < ROUNDS; i++) {
            meet(roundOfB, roundOfA, i);
            y[i].setOpaque(1);
            GlobalBarrier.full();
            seenByB[i] = x[i].getOpaque();
        }
        a.join();
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(seenByA[i] + seenByB[i]).as("round %d", i).isPositive();
        }
    }
}
