package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoorbellIdleTest {
    private static final long FOR_EVER_NS = TimeUnit.HOURS.toNanos(1);
    private static final int MANY = 1000;

    private final AtomicBoolean rung = new AtomicBoolean();
    private final AtomicInteger idles = new AtomicInteger();
    private final DoorbellIdle idle = new DoorbellIdle(rung::get, FOR_EVER_NS);

    private Thread idleUntilRung() {
        return Thread.ofPlatform().daemon().start(() -> {
            while (!rung.get()) {
                idle.idle(0);
                idles.incrementAndGet();
            }
        });
    }

    @SuppressWarnings("ThreadPriorityCheck") // the other thread needs this core
    private void awaitSleep(final Thread thread) {
        while (LockSupport.getBlocker(thread) != idle) {
            Thread.yield();
        }
    }

    @Test
    void shouldSleepWhenNothingComesAndWakeWhenItRings() throws InterruptedException {
        final Thread thread = idleUntilRung();
        awaitSleep(thread);
        assertThat(idles.get()).isBetween(100, 200);
        rung.set(true);
        idle.wake();
        thread.join();
    }

    @Test
    void shouldLookAtOnceAgainWhenThereWasWork() throws InterruptedException {
        final Thread thread = idleUntilRung();
        awaitSleep(thread);
        final int before = idles.get();
        rung.set(true);
        idle.wake();
        thread.join();
        rung.set(false);
        idle.idle(1);
        final Thread again = idleUntilRung();
        awaitSleep(again);
        assertThat(idles.get() - before).isGreaterThan(100);
        rung.set(true);
        idle.wake();
        again.join();
    }

    @Test
    void shouldNotSleepWhenItRangJustBefore() {
        rung.set(true);
        for (int i = 0; i < MANY; i++) {
            idle.idle(0); // would sleep for an hour
        }
    }
}
