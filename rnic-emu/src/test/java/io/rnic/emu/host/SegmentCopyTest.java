package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentCopyTest {
    private static final int BYTES = 200;

    @TempDir
    private Path folder;
    private final AtomicBoolean done = new AtomicBoolean();

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
    @ValueSource(ints = {7, Long.BYTES, 9})
    void shouldCopyWithinOneSegment(final int length) {
        try (Arena arena = Arena.ofConfined()) {
            for (int distance = -Long.BYTES; distance <= Long.BYTES; distance++) {
                final MemorySegment memory = arena.allocate(BYTES);
                final MemorySegment expected = MemorySegment.ofArray(new byte[BYTES]);
                for (int i = 0; i < BYTES; i++) {
                    memory.set(ValueLayout.JAVA_BYTE, i, valueAt(i));
                    expected.set(ValueLayout.JAVA_BYTE, i, valueAt(i));
                }
                for (int i = 0; i < length; i++) {
                    expected.set(ValueLayout.JAVA_BYTE, 20 + distance + i, valueAt(20 + i));
                }
                SegmentCopy.copy(memory, 20, memory, 20 + distance, length);
                assertThat(memory.mismatch(expected)).as("distance %d", distance).isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Long.BYTES, 12})
    void shouldThrowWhatTheJdkThrows(final int length) throws InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(length);
            for (final MemorySegment other : List.of(arena.allocate(length), MemorySegment.ofArray(new byte[length]))) {
                shouldThrowTheSame(memory, 1, other, 0, length);
                shouldThrowTheSame(other, 1, memory, 0, length);
                shouldThrowTheSame(memory, -1, other, 0, length);
                shouldThrowTheSame(memory, 0, other, 1, length);
                shouldThrowTheSame(memory, 0, other.asReadOnly(), 0, length);
                shouldThrowTheSame(gone(length), 0, other, 0, length);
                shouldThrowTheSame(other, 0, gone(length), 0, length);
                final Thread stranger = new Thread(() -> {
                    shouldThrowTheSame(memory, 0, other, 0, length);
                    done.set(true);
                });
                stranger.start();
                stranger.join();
                assertThat(done.getAndSet(false)).as("the other thread's").isTrue();
            }
        }
    }

    private static void shouldThrowTheSame(final MemorySegment source, final long sourceOffset,
        final MemorySegment target, final long targetOffset, final int length) {
        final Throwable expected = catchThrowable(
            () -> MemorySegment.copy(source, sourceOffset, target, targetOffset, length));
        assertThat(expected).isNotNull();
        assertThatThrownBy(() -> SegmentCopy.copy(source, sourceOffset, target, targetOffset, length))
            .isExactlyInstanceOf(expected.getClass());
    }

    private static MemorySegment gone(final int length) {
        try (Arena arena = Arena.ofConfined()) {
            return arena.allocate(length);
        }
    }
}
