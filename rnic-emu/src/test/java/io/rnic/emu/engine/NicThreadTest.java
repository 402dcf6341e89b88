package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.SleepingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NicThreadTest {
    private static final int ROUNDS = 10;

    private final CountDownLatch done = new CountDownLatch(ROUNDS);
    private volatile boolean interruptedLater;

    private NicThread thread(final IntConsumer work) {
        return new NicThread(new Agent() {
            private int round;

            @Override
            public int doWork() {
                done.countDown();
                work.accept(round++);
                return 0;
            }

            @Override
            public String roleName() {
                return "test";
            }
        }, new SleepingIdleStrategy(1), "nic of a test");
    }

    @Test
    void shouldLiveOnWhenItIsInterrupted() throws InterruptedException {
        try (NicThread thread = thread(round -> {
            interruptedLater |= round > 0 && Thread.currentThread().isInterrupted();
            if (round == 0) {
                Thread.currentThread().interrupt();
            }
        })) {
            thread.start();
            done.await();
        }
        assertThat(interruptedLater).as("still interrupted, so it cannot park").isFalse();
    }

    @Test
    void shouldLiveOnWhenItsWorkFailsAndThatCannotBeTold() throws InterruptedException {
        try (NicThread thread = thread(round -> {
            Thread.currentThread().setUncaughtExceptionHandler((which, error) -> {
                throw new IllegalStateException(error);
            });
            throw new AssertionError("a fault of this program");
        })) {
            thread.start();
            done.await();
        }
    }

    @Test
    void shouldEndThoughItsCloserIsInterrupted() {
        final NicThread thread = thread(round -> { });
        thread.start();
        Thread.currentThread().interrupt();
        thread.close();
        assertThat(Thread.interrupted()).as("kept").isTrue();
        assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).doesNotContain("nic of a test");
    }
}
