package io.rnic.emu.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class MemoryEntryTest {
    private static final long BASE = 0x7F00_0000_0000L;
    /** Begins 0x100 before the end of its first page; its third page lies elsewhere on the bus. */
    private final MemoryEntry entry =
        entry(BASE + 0xF00, 0x2800, 0x10_0000, 0x10_1000, 0x90_0000, 0x90_1000);

    private static MemoryEntry entry(final long address, final long length, final long... pages) {
        return new MemoryEntry(
            0x1234_5678, 3, 1, 9, MemorySegment.ofAddress(address).reinterpret(length), pages, 12);
    }

    @Test
    void shouldTranslatePageByPage() {
        assertThat(entry.bus(BASE + 0xF00)).isEqualTo(0x10_0F00);
        assertThat(entry.bus(BASE + 0xFFF)).isEqualTo(0x10_0FFF);
        assertThat(entry.bus(BASE + 0x1000)).isEqualTo(0x10_1000);
        assertThat(entry.bus(BASE + 0x2000)).isEqualTo(0x90_0000);
        assertThat(entry.bus(BASE + 0x36FF)).isEqualTo(0x90_16FF);
    }

    @Test
    void shouldSayWhereInTheRegionABusAddressOfItsWindowLies() {
        assertThat(entry.offsetOfBus(Dma.begin(9) + 0xF00)).isZero();
        assertThat(entry.offsetOfBus(Dma.begin(9) + 0x36FF)).isEqualTo(0x27FF);
        assertThat(entry.offsetOfBus(Dma.begin(9))).as("before its first byte").isEqualTo(-0xF00);
    }

    @Test
    void shouldTranslateARegionAtTheEndOfTheAddressSpace() {
        final MemoryEntry last = entry(-0x1800L, 0x1800, 0x5000, 0x6000);
        assertThat(last.bus(-0x1800L)).isEqualTo(0x5800);
        assertThat(last.bus(-1)).isEqualTo(0x6FFF);
    }

    @Test
    void shouldTranslateARegionAcrossTheMiddleOfTheAddressSpace() {
        final MemoryEntry middle = entry(Long.MAX_VALUE - 0xF, 0x20, 0x5000, 0x6000);
        assertThat(middle.bus(Long.MAX_VALUE)).isEqualTo(0x5FFF);
        assertThat(middle.bus(Long.MIN_VALUE)).isEqualTo(0x6000);
    }
}
