package io.rnic.emu.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ShelfTest {
    private static final int THREADS = 1000;
    private static final int TURNS = 20_000;

    private final AtomicInteger made = new AtomicInteger();
    private final Shelf<AtomicBoolean> shelf = new Shelf<>(() -> {
        made.incrementAndGet();
        return new AtomicBoolean();
    });

    @Test
    void whatWasPutBackShouldBeFoundAgain() {
        final AtomicBoolean first = shelf.take();
        shelf.putBack(first);
        assertThat(shelf.take()).isSameAs(first);
        assertThat(made).hasValue(1);
    }

    @Test
    void whatIsTakenShouldNotBeTakenTwice() {
        final AtomicBoolean first = shelf.take();
        final AtomicBoolean second = shelf.take();
        assertThat(second).isNotSameAs(first);
        shelf.putBack(first);
        shelf.putBack(second);
        assertThat(List.of(shelf.take(), shelf.take())).containsExactlyInAnyOrder(first, second);
        assertThat(made).hasValue(2);
    }

    @Test
    void threadsOneAfterTheOtherShouldNeedFew() throws InterruptedException {
        for (int i = 0; i < THREADS; i++) {
            Thread.ofVirtual().start(() -> shelf.putBack(shelf.take())).join();
        }
        assertThat(made.get()).isLessThan(THREADS / 10);
    }

    @Test
    void threadsAtTheSameTimeShouldNeverHaveTheSame() throws InterruptedException {
        final AtomicInteger twice = new AtomicInteger();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int turn = 0; turn < TURNS; turn++) {
                    final AtomicBoolean mine = shelf.take();
                    if (mine.getAndSet(true)) {
                        twice.incrementAndGet();
                    }
                    mine.set(false);
                    shelf.putBack(mine);
                }
            }));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(twice).hasValue(0);
    }
}
