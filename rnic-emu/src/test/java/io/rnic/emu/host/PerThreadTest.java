package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PerThreadTest {
    /** More than the table has slots, so that some threads share one. */
    private static final int THREADS = 150;

    private static final class Counted extends PerThread.Owned {
        private int uses;
    }

    private final AtomicInteger made = new AtomicInteger();
    private final PerThread<Counted> perThread = new PerThread<>(() -> {
        made.incrementAndGet();
        return new Counted();
    });
    private final Set<Counted> objects =
        Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    @Test
    void shouldGiveAThreadTheSameObjectAgain() {
        final Counted first = perThread.get();
        for (int i = 0; i < 100; i++) {
            assertThat(perThread.get()).isSameAs(first);
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void shouldGiveEachOfManyThreadsThatLiveAtOnceItsOwn() throws InterruptedException {
        final Phaser together = new Phaser(THREADS);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                objects.add(perThread.get());
                for (int round = 0; round < 100; round++) {
                    perThread.get().uses++;
                }
                together.arriveAndAwaitAdvance(); // none ends before all have theirs
                objects.add(perThread.get());
            }));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(objects).hasSize(THREADS).allMatch(object -> object.uses == 100);
        assertThat(made).hasValue(THREADS);
    }

    @Test
    void shouldGiveAThreadAnotherObjectThanOneThatHasEnded() throws InterruptedException {
        for (int i = 0; i < THREADS; i++) {
            Thread.ofPlatform().start(() -> {
                objects.add(perThread.get());
                objects.add(perThread.get());
            }).join();
        }
        assertThat(objects).hasSize(THREADS);
        assertThat(made).hasValue(THREADS);
    }
}
