package io.rnic.emu.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WordsTest {
    private static final int BYTES = 256;
    private static final int FIRST = 96;
    /** So far apart that the longest copies do not overlap. */
    private static final int APART = Words.MAX_COPY_BYTES + Long.BYTES;

    static IntStream lengths() {
        return IntStream.rangeClosed(1, Words.MAX_COPY_BYTES);
    }

    private static byte valueAt(final int offset) {
        return (byte) (offset * 31 + 7);
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldCopyEveryByteAndNoOtherAlsoWhereTheyOverlap(final int length) {
        final MemorySegment memory = Arena.ofAuto().allocate(BYTES, Long.BYTES);
        final byte[] expected = new byte[BYTES];
        for (int distance = -APART; distance <= APART; distance++) {
            final int from = FIRST + Math.floorMod(3 * distance, Long.BYTES);
            for (int i = 0; i < BYTES; i++) {
                memory.set(JAVA_BYTE, i, valueAt(i));
                expected[i] = valueAt(i);
            }
            for (int i = 0; i < length; i++) {
                expected[from + distance + i] = valueAt(from + i);
            }
            Words.copy(memory.address() + from, memory.address() + from + distance, length);
            assertThat(memory.toArray(JAVA_BYTE)).as("distance %d", distance).isEqualTo(expected);
        }
    }
}
