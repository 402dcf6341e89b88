package io.rnic.emu.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DmaTest {
    private static final int PAGE = 4096;
    private static final int DOMAIN = 7;

    private final Dma dma = new Dma(4);
    private final MemorySegment source = MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

    @Test
    void shouldCopyToWhereTheWindowLies() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(2L * PAGE, PAGE).asSlice(100, 1_000);
            final long page = dma.map(memory, PAGE, DOMAIN);
            assertThat(page % PAGE).isZero();
            assertThat(dma.copy(source, 2, page + 100 + 7, 3)).isEqualTo(Dma.OK);
            assertThat(memory.asSlice(6, 5).toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 3, 4, 5, 0);
        }
    }

    @Test
    void shouldKeepWindowsApart() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment one = arena.allocate(PAGE, PAGE);
            final MemorySegment two = arena.allocate(PAGE, PAGE);
            final long oneBus = dma.map(one, PAGE, DOMAIN);
            final long twoBus = dma.map(two, PAGE, DOMAIN);
            assertThat(Objects.requireNonNull(dma.window(oneBus + 5)).segment()).isSameAs(one);
            assertThat(Objects.requireNonNull(dma.window(oneBus)).domain()).isEqualTo(DOMAIN);
            assertThat(Objects.requireNonNull(dma.window(twoBus + PAGE - 1)).segment()).isSameAs(two);
            dma.unmap(oneBus + 17);
            assertThat(dma.window(oneBus)).isNull();
            assertThat(Objects.requireNonNull(dma.window(twoBus)).segment()).isSameAs(two);
        }
    }

    @Test
    void shouldFaultAtTheTargetBehindAClosedWindow() {
        try (Arena arena = Arena.ofShared()) {
            final long bus = dma.map(arena.allocate(PAGE, PAGE), PAGE, DOMAIN);
            dma.unmap(bus);
            assertThat(dma.copy(source, 0, bus, 8)).isEqualTo(Dma.TARGET_FAULT);
            assertThat(dma.copy(source, 0, 0, 8)).isEqualTo(Dma.TARGET_FAULT);
            assertThat(dma.copy(source, 0, -1, 8)).isEqualTo(Dma.TARGET_FAULT);
        }
    }

    @Test
    void shouldFaultAtTheTargetWhenItsArenaIsClosed() {
        final long bus;
        try (Arena arena = Arena.ofShared()) {
            bus = dma.map(arena.allocate(PAGE, PAGE), PAGE, DOMAIN);
        }
        assertThat(dma.copy(source, 0, bus, 8)).isEqualTo(Dma.TARGET_FAULT);
    }

    @Test
    void shouldFaultAtTheSourceWhenItsArenaIsClosedOrTooShort() {
        final MemorySegment gone;
        try (Arena arena = Arena.ofShared()) {
            gone = arena.allocate(8);
        }
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(PAGE, PAGE);
            final long bus = dma.map(memory, PAGE, DOMAIN);
            assertThat(dma.copy(gone, 0, bus, 8)).isEqualTo(Dma.SOURCE_FAULT);
            assertThat(dma.copy(source, 4, bus, 8)).isEqualTo(Dma.SOURCE_FAULT);
            assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).as("nothing was placed").isZero();
        }
    }

    @Test
    void shouldNotTakeAnAddressOfAClosedWindowForOneOfANewer() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(PAGE, PAGE);
            long old = dma.map(memory, PAGE, DOMAIN);
            for (int i = 0; i < 10_000; i++) {
                dma.unmap(old);
                final long next = dma.map(memory, PAGE, DOMAIN);
                assertThat(dma.window(old)).isNull();
                assertThat(Objects.requireNonNull(dma.window(next)).number()).isEqualTo((int) (next >>> 40));
                old = next;
            }
        }
    }

    @Test
    void shouldRefuseAWindowTooMany() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(PAGE, PAGE);
            for (int i = 0; i < 4; i++) {
                dma.map(memory, PAGE, DOMAIN);
            }
            assertThatThrownBy(() -> dma.map(memory, PAGE, DOMAIN)).isInstanceOf(RnicException.class)
                .hasMessage("all 4 DMA windows are in use")
                .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.DEVICE_LIMIT);
        }
    }
}
