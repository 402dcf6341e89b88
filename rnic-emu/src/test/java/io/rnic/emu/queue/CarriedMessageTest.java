package io.rnic.emu.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CarriedMessageTest {
    private static final int BYTES = 100;
    /** Odd, so that no word of the region is aligned. */
    private static final int OFFSET = 13;
    private static final byte AROUND = (byte) 0xa5;

    @TempDir
    private Path folder;

    /** A native region, and one of a file. */
    private List<MemorySegment> regions(final Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve("mapped"), StandardOpenOption.CREATE,
            StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return List.of(arena.allocate(BYTES), channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena));
        }
    }

    static int[] lengths() {
        return IntStream.rangeClosed(1, CompletionLayout.MAX_PAYLOAD_BYTES).toArray();
    }

    /** So many bytes, each of another value, at that offset, amid others. */
    private static byte[] message(final int offset, final int length) {
        final byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = i < offset || i >= offset + length ? AROUND : (byte) (i - offset + 1);
        }
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldLeaveAndPlaceEveryByteAndNoOther(final int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (final MemorySegment region : regions(arena)) {
                final MemorySegment queue = arena.allocate(BYTES, Long.BYTES).fill(AROUND);
                final long payload = queue.address() + Long.BYTES;
                region.copyFrom(MemorySegment.ofArray(message(OFFSET, length)));

                CarriedMessage.leave(region, OFFSET, payload, length);
                assertThat(queue.toArray(JAVA_BYTE)).as("left from %s", region).isEqualTo(message(8, length));

                region.fill(AROUND);
                CarriedMessage.place(payload, region, OFFSET, length);
                assertThat(region.toArray(JAVA_BYTE)).as("placed into %s", region).isEqualTo(message(OFFSET, length));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("lengths")
    @SuppressWarnings("MustBeClosedChecker") // closed in the middle
    void shouldThrowWhereTheRegionIsGoneOrEnds(final int length) throws IOException {
        final Arena shortLived = Arena.ofConfined();
        try (Arena arena = Arena.ofConfined()) {
            final long payload = arena.allocate(BYTES, Long.BYTES).address();
            final List<MemorySegment> regions = regions(shortLived);
            for (final MemorySegment region : regions) {
                assertThatThrownBy(() -> CarriedMessage.leave(region, BYTES - length + 1, payload, length))
                    .isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> CarriedMessage.place(payload, region, BYTES - length + 1, length))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            }
            shortLived.close();
            for (final MemorySegment region : regions) {
                assertThatThrownBy(() -> CarriedMessage.leave(region, 0, payload, length))
                    .isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> CarriedMessage.place(payload, region, 0, length))
                    .isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void shouldCarryWordsOfEightBytes() {
        assertThat(CompletionLayout.MAX_PAYLOAD_BYTES).as("words that are written out one by one").isEqualTo(5 * 8);
    }
}
