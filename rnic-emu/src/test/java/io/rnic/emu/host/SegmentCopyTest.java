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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void shouldCopyBetweenSegmentsOfAnyKind() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (final MemorySegment source : segments(arena)) {
                for (final MemorySegment target : segments(arena)) {
                    for (int i = 0; i < BYTES; i++) {
                        source.set(ValueLayout.JAVA_BYTE, i, valueAt(i));
                    }
                    target.fill((byte) 0);
                    SegmentCopy.copy(source, 3, target, 10, BYTES - 20);
                    final byte[] expected = new byte[BYTES];
                    for (int i = 0; i < BYTES - 20; i++) {
                        expected[10 + i] = valueAt(3 + i);
                    }
                    assertThat(target.toArray(ValueLayout.JAVA_BYTE)).as("%s to %s", source, target)
                        .isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void shouldThrowWhatTheJdkThrows() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(8);
            final MemorySegment array = MemorySegment.ofArray(new byte[8]);
            for (final MemorySegment target : List.of(memory, array)) {
                assertThatThrownBy(() -> SegmentCopy.copy(memory, 1, target, 0, 8))
                    .isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> SegmentCopy.copy(memory, 0, target.asReadOnly(), 0, 8))
                    .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> SegmentCopy.copy(gone(), 0, target, 0, 8))
                    .isInstanceOf(IllegalStateException.class);
            }
        }
    }

    private static MemorySegment gone() {
        try (Arena arena = Arena.ofConfined()) {
            return arena.allocate(8);
        }
    }
}
