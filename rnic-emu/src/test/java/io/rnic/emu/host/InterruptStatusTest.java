package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterruptStatusTest {
    private static final int BYTES = 1 << 20;
    private static final int ROUNDS = 300;

    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    @Test
    void shouldKeepAnInterruptFromBeforeTheCopy() {
        Thread.currentThread().interrupt();
        final boolean before = InterruptStatus.isSet();
        InterruptStatus.restore(before);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void shouldClearWhatCameWithTheFailure() {
        final boolean before = InterruptStatus.isSet();
        Thread.currentThread().interrupt();
        InterruptStatus.restore(before);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    /** What it is for; HotSpot interrupted 120 of 300 such copies. */
    @Test
    void shouldLeaveNoInterruptBehindWhenArenasAreClosedUnderACopy() {
        final MemorySegment source = Arena.ofAuto().allocate(BYTES);
        for (int round = 0; round < ROUNDS; round++) {
            copyUntilClosed(source);
            assertThat(Thread.currentThread().isInterrupted()).as("round %d", round).isFalse();
        }
    }

    @SuppressWarnings("MustBeClosed") // another thread closes it
    private static void copyUntilClosed(final MemorySegment source) {
        final Arena arena = Arena.ofShared();
        final MemorySegment target = arena.allocate(BYTES);
        final AtomicInteger copies = new AtomicInteger();
        final CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> {
            while (copies.get() < 2) {
                Thread.onSpinWait();
            }
            arena.close();
        });
        final boolean before = InterruptStatus.isSet();
        try {
            while (true) {
                MemorySegment.copy(source, 0, target, 0, BYTES);
                copies.getAndIncrement();
            }
        } catch (final IllegalStateException e) {
            InterruptStatus.restore(before);
        } finally {
            closing.join();
        }
    }
}
