package io.rnic.emu.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DmaTest {
    private static final int PAGE = 4096;
    private static final int DOMAIN = 7;
    private static final int BYTES = 200;

    private final Dma dma = new Dma(4);
    private final MemorySegment source = MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

    private MemoryEntry open(final MemorySegment memory) {
        return open(dma, memory);
    }

    private static MemoryEntry open(final Dma dma, final MemorySegment memory) {
        final int window = dma.take();
        final MemoryEntry entry =
            new MemoryEntry(1, DOMAIN, 0, window, memory, new long[] {Dma.begin(window)}, 12);
        dma.open(entry);
        return entry;
    }

    @Test
    void shouldCopyToWhereABusAddressLeads() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(2L * PAGE, PAGE).asSlice(100, 1_000);
            final MemoryEntry entry = open(memory);
            final long page = Dma.begin(entry.window());
            assertThat(page % PAGE).isZero();
            assertThat(dma.find(page + 107)).isSameAs(entry);
            assertThat(Dma.copy(source, 2, entry, entry.offsetOfBus(page + 107), 3)).isEqualTo(Dma.OK);
            assertThat(memory.asSlice(6, 5).toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 3, 4, 5, 0);
        }
    }

    /** Whether their memory can be closed or not, and whether they are short or not. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 16, 31, 32, 40, 63, 64, 65, 100})
    void shouldCopyFromOneRegionIntoAnother(final int length) {
        try (Arena arena = Arena.ofShared()) {
            for (final Arena from : List.of(arena, Arena.ofAuto(), Arena.global())) {
                for (final Arena to : List.of(arena, Arena.ofAuto())) {
                    final Dma bus = new Dma(2);
                    final MemorySegment sent = from.allocate(BYTES);
                    final MemorySegment placed = to.allocate(BYTES).fill((byte) 0xA5);
                    final byte[] expected = placed.toArray(ValueLayout.JAVA_BYTE);
                    for (int i = 0; i < length; i++) {
                        sent.set(ValueLayout.JAVA_BYTE, 3 + i, (byte) i);
                        expected[20 + i] = (byte) i;
                    }
                    assertThat(Dma.copy(open(bus, sent), 3, open(bus, placed), 20, length)).isEqualTo(Dma.OK);
                    assertThat(placed.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void shouldFindWhichOfTwoRegionsLostItsMemory() {
        final MemoryEntry lasting = open(Arena.ofAuto().allocate(PAGE, PAGE));
        final MemoryEntry gone;
        try (Arena arena = Arena.ofShared()) {
            gone = open(arena.allocate(PAGE, PAGE));
            assertThat(gone.isGone()).isFalse();
        }
        assertThat(gone.isGone()).isTrue();
        assertThat(lasting.isGone()).isFalse();
        assertThat(Dma.copy(gone, 0, lasting, 0, 8)).isEqualTo(Dma.SOURCE_FAULT);
        assertThat(Dma.copy(lasting, 0, gone, 0, 8)).isEqualTo(Dma.TARGET_FAULT);
    }

    @Test
    void shouldKeepWindowsApart() {
        try (Arena arena = Arena.ofShared()) {
            final MemoryEntry one = open(arena.allocate(PAGE, PAGE));
            final MemoryEntry two = open(arena.allocate(PAGE, PAGE));
            assertThat(dma.find(Dma.begin(one.window()) + 5)).isSameAs(one);
            assertThat(dma.find(Dma.begin(two.window()) + PAGE - 1)).isSameAs(two);
            dma.close(one);
            assertThat(dma.find(Dma.begin(one.window()))).isNull();
            assertThat(dma.find(Dma.begin(two.window()))).isSameAs(two);
        }
    }

    @Test
    void shouldFindNothingWhereThereIsNoWindow() {
        assertThat(dma.find(0)).isNull();
        assertThat(dma.find(-1)).isNull();
        assertThat(dma.find(Dma.begin(dma.take()))).as("not open yet").isNull();
    }

    @Test
    void shouldFaultAtTheTargetWhenItsArenaIsClosedOrItsEndIsPassed() {
        final MemoryEntry gone;
        try (Arena arena = Arena.ofShared()) {
            gone = open(arena.allocate(PAGE, PAGE));
            assertThat(Dma.copy(source, 0, gone, PAGE - 8, 8)).isEqualTo(Dma.OK);
        }
        assertThat(Dma.copy(source, 0, gone, 0, 8)).isEqualTo(Dma.TARGET_FAULT);
    }

    @Test
    void shouldFaultAtTheSourceWhenItsArenaIsClosedOrTooShort() {
        final MemorySegment gone;
        try (Arena arena = Arena.ofShared()) {
            gone = arena.allocate(8);
        }
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(PAGE, PAGE);
            final MemoryEntry target = open(memory);
            assertThat(Dma.copy(gone, 0, target, 0, 8)).isEqualTo(Dma.SOURCE_FAULT);
            assertThat(Dma.copy(source, 4, target, 0, 8)).isEqualTo(Dma.SOURCE_FAULT);
            assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).as("nothing was placed").isZero();
        }
    }

    @Test
    void shouldNotTakeAnAddressOfAClosedWindowForOneOfANewer() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(PAGE, PAGE);
            MemoryEntry old = open(memory);
            for (int i = 0; i < 10_000; i++) {
                dma.close(old);
                final MemoryEntry next = open(memory);
                assertThat(dma.find(Dma.begin(old.window()))).isNull();
                assertThat(dma.find(Dma.begin(next.window()))).isSameAs(next);
                old = next;
            }
        }
    }

    @Test
    void shouldRefuseAWindowTooMany() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(PAGE, PAGE);
            for (int i = 0; i < 4; i++) {
                open(memory);
            }
            assertThatThrownBy(() -> open(memory)).isInstanceOf(RnicException.class)
                .hasMessage("all 4 DMA windows are in use")
                .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.DEVICE_LIMIT);
        }
    }

    @Test
    void shouldNeverGiveTheBusAddressZero() {
        final MemorySegment memory = Arena.ofAuto().allocate(8);
        for (int i = 0; i < 1 << 24; i++) {
            final MemoryEntry entry = open(memory);
            if (Dma.begin(entry.window()) == 0) {
                throw new AssertionError("bus address 0 at window " + i);
            }
            dma.close(entry);
        }
    }

    @Test
    void shouldFindTheOneFreeWindowOfATableThatIsFullOtherwise() {
        final MemorySegment memory = Arena.ofAuto().allocate(PAGE, PAGE);
        final Dma full = new Dma(1 << 16);
        for (int i = 1; i < 1 << 16; i++) {
            open(full, memory);
        }
        // Often enough for the numbers, of 24 bits, to begin again.
        for (int i = 0; i < 1_000; i++) {
            final MemoryEntry entry = open(full, memory);
            assertThat(entry.window()).isPositive();
            assertThat(full.find(Dma.begin(entry.window()))).isSameAs(entry);
            full.close(entry);
        }
    }

    @Test
    void shouldCloseAWindowOnce() {
        final MemorySegment memory = Arena.ofAuto().allocate(PAGE, PAGE);
        final Dma one = new Dma(1);
        final MemoryEntry first = open(one, memory);
        one.close(first);
        one.close(first);
        final MemoryEntry second = open(one, memory);
        one.close(first);
        assertThat(one.find(Dma.begin(second.window()))).isSameAs(second);
        assertThatThrownBy(() -> open(one, memory)).isInstanceOf(RnicException.class);
    }
}
