package io.rnic.emu.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryEntryTest {
    private static final long BASE = 0x7F00_0000_0000L;
    /** Begins 0x100 before the end of its first page; its third page lies elsewhere on the bus. */
    private final MemoryEntry entry = new MemoryEntry(
        0x1234_5678, 3, 1, BASE + 0xF00, 0x2800, new long[] {0x10_0000, 0x10_1000, 0x90_0000, 0x90_1000}, 12);

    @Test
    void shouldTranslatePageByPage() {
        assertThat(entry.bus(BASE + 0xF00)).isEqualTo(0x10_0F00);
        assertThat(entry.bus(BASE + 0xFFF)).isEqualTo(0x10_0FFF);
        assertThat(entry.bus(BASE + 0x1000)).isEqualTo(0x10_1000);
        assertThat(entry.bus(BASE + 0x2000)).isEqualTo(0x90_0000);
        assertThat(entry.bus(BASE + 0x36FF)).isEqualTo(0x90_16FF);
    }

    @Test
    void shouldRunAsFarAsThePagesLieTogether() {
        assertThat(entry.run(BASE + 0xF00, 0x50)).isEqualTo(0x50);
        assertThat(entry.run(BASE + 0xF00, 0x100)).isEqualTo(0x100);
        assertThat(entry.run(BASE + 0xF00, 0x101)).isEqualTo(0x101);
        assertThat(entry.run(BASE + 0xF00, 0x1100)).isEqualTo(0x1100);
        assertThat(entry.run(BASE + 0xF00, 0x1101)).as("not over the gap").isEqualTo(0x1100);
        assertThat(entry.run(BASE + 0x1FFF, 0x800)).isEqualTo(1);
        assertThat(entry.run(BASE + 0x2000, 0x1700)).as("to the region's end").isEqualTo(0x1700);
    }

    @Test
    void shouldTranslateARegionAtTheEndOfTheAddressSpace() {
        final MemoryEntry last = new MemoryEntry(1, 1, 0, -0x1800L, 0x1800, new long[] {0x5000, 0x6000}, 12);
        assertThat(last.bus(-0x1800L)).isEqualTo(0x5800);
        assertThat(last.bus(-1)).isEqualTo(0x6FFF);
        assertThat(last.run(-0x1800L, 0x1800)).isEqualTo(0x1800);
    }

    @Test
    void shouldTranslateARegionAcrossTheMiddleOfTheAddressSpace() {
        final MemoryEntry middle =
            new MemoryEntry(1, 1, 0, Long.MAX_VALUE - 0xF, 0x20, new long[] {0x5000, 0x6000}, 12);
        assertThat(middle.bus(Long.MAX_VALUE)).isEqualTo(0x5FFF);
        assertThat(middle.bus(Long.MIN_VALUE)).isEqualTo(0x6000);
        assertThat(middle.run(Long.MAX_VALUE - 0xF, 0x20)).isEqualTo(0x20);
    }

    @Test
    void shouldLeaveBusAddressesAsTheyAre() {
        assertThat(MemoryEntry.PHYSICAL.bus(0xFFFF_F100_0000_0123L)).isEqualTo(0xFFFF_F100_0000_0123L);
        assertThat(MemoryEntry.PHYSICAL.run(5, 77)).isEqualTo(77);
    }
}
