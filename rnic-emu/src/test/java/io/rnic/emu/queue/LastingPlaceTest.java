package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.host.LastingMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class LastingPlaceTest {
    private static final int BYTES = 100;
    private static final int MOST = CompletionLayout.MAX_PAYLOAD_BYTES;

    private final MemorySegment memory = Arena.ofAuto().allocate(BYTES);
    private final long base = memory.address();

    @Test
    void shouldHaveRoomUpToTheEndOfTheMemory() {
        for (int offset = 0; offset < BYTES; offset++) {
            final long place = LastingPlace.of(memory, base + offset);
            assertThat(LastingPlace.address(place)).isEqualTo(base + offset);
            assertThat(LastingPlace.room(place)).as("at %d", offset).isEqualTo(Math.min(BYTES - offset, MOST));
        }
    }

    @Test
    void shouldHaveNoRoomOutside() {
        assertThat(LastingPlace.room(LastingPlace.of(memory, base - 1))).isZero();
        assertThat(LastingPlace.room(LastingPlace.of(memory, base + BYTES))).isZero();
        assertThat(LastingPlace.room(LastingPlace.of(memory, 0))).isZero();
        assertThat(LastingPlace.room(LastingPlace.of(memory, -1))).isZero();
        assertThat(LastingPlace.room(0)).isZero();
    }

    @Test
    void shouldHaveNoRoomInMemoryThatCanBeClosed() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment other = arena.allocate(BYTES);
            assertThat(LastingPlace.room(LastingPlace.of(other, other.address()))).isZero();
        }
    }

    /** The room's bits are above those of any address that a process has, but a segment may claim others. */
    @Test
    void shouldHaveNoRoomWhereTheAddressHasNoRoomForIt() {
        final MemorySegment high = MemorySegment.ofAddress(1L << 56).reinterpret(BYTES, Arena.ofAuto(), null);
        assertThat(LastingMemory.is(high)).isTrue();
        assertThat(LastingPlace.room(LastingPlace.of(high, high.address()))).isZero();
    }
}
