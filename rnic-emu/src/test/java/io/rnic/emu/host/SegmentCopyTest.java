package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentCopyTest {
    private static final int BYTES = 200;

    @TempDir
    private Path folder;

    /** Native ones, which are copied by themselves, and others. */
    private List<MemorySegment> segments(final Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve("mapped"), StandardOpenOption.CREATE,
            StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return List.of(arena.allocate(BYTES), arena.allocate(2 * BYTES).asSlice(BYTES),
                MemorySegment.ofArray(new byte[BYTES]), MemorySegment.ofArray(new long[BYTES / Long.BYTES]),
                channel.map(FileChannel.MapMode.PRIVATE, 0, BYTES, arena));
        }
    }

    private static byte valueAt(final int offset) {
        return (byte) (offset * 31 + 7);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, Long.BYTES, 9, 16, 64, BYTES - 20})
    void shouldCopyBetweenSegmentsOfAnyKind(final int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (final MemorySegment source : segments(arena)) {
                for (final MemorySegment target : segments(arena)) {
                    for (int i = 0; i < BYTES; i++) {
                        source.set(ValueLayout.JAVA_BYTE, i, valueAt(i));
                    }
                    target.fill((byte) 0);
                    SegmentCopy.copy(source, 3, target, 10, length);
                    final byte[] expected = new byte[BYTES];
                    for (int i = 0; i < length; i++) {
                        expected[10 + i] = valueAt(3 + i);
                    }
                    assertThat(target.toArray(ValueLayout.JAVA_BYTE)).as("%s to %s", source, target)
                        .isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Long.BYTES, 12})
    void shouldThrowWhatTheJdkThrows(final int length) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(length);
            final MemorySegment array = MemorySegment.ofArray(new byte[length]);
            for (final MemorySegment target : List.of(memory, array)) {
                assertThatThrownBy(() -> SegmentCopy.copy(memory, 1, target, 0, length))
                    .isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> SegmentCopy.copy(memory, 0, target, 1, length))
                    .isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> SegmentCopy.copy(memory, 0, target.asReadOnly(), 0, length))
                    .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> SegmentCopy.copy(gone(length), 0, target, 0, length))
                    .isInstanceOf(IllegalStateException.class);
            }
            assertThatThrownBy(() -> SegmentCopy.copy(memory, 0, gone(length), 0, length))
                .isInstanceOf(IllegalStateException.class);
        }
    }

    private static MemorySegment gone(final int length) {
        try (Arena arena = Arena.ofConfined()) {
            return arena.allocate(length);
        }
    }
}
