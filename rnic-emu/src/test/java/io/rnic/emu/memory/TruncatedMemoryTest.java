package io.rnic.emu.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.host.MemoryFaults;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A truncated file's memory is a fault of the copy that comes upon it, however well the copy is compiled by then. */
class TruncatedMemoryTest {
    private static final int BYTES = 1 << 16;
    private static final int[] LENGTHS = {1, 8, 40, 100, 4096, 30_000};

    @TempDir
    private Path folder;
    private int copies;

    private int copy(final MemorySegment source, final MemoryEntry target, final int length) {
        int result = Dma.OK;
        for (int i = 0; i < 3; i++) {
            result = Dma.copy(source, 0, target, 0, length);
            copies++;
        }
        return result;
    }

    private static MemoryEntry entry(final MemorySegment memory) {
        return new MemoryEntry(1, 7, 0, 1, memory, new long[BYTES >> 12], 12);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 100, 1000, 20_000})
    void shouldBlameWhoHasIt(final int rounds) throws IOException {
        for (final int length : LENGTHS) {
            try (FileChannel file = FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena arena = Arena.ofShared()) {
                final MemorySegment mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);
                MemoryFaults.expectOf(mapped);
                final MemorySegment plain = arena.allocate(BYTES, 4096);
                final MemoryEntry ofFile = entry(mapped);
                final MemoryEntry other = entry(plain);
                for (int i = 0; i < rounds; i++) {
                    if ((copy(plain, ofFile, length) | copy(mapped, other, length)) != Dma.OK) {
                        throw new AssertionError("no copy fails before");
                    }
                }
                file.truncate(0);
                assertThat(copy(plain, ofFile, length)).isEqualTo(Dma.TARGET_FAULT);
                assertThat(copy(mapped, other, length)).isEqualTo(Dma.SOURCE_FAULT);
                assertThat(Dma.atomic(ofFile, 8, false, 1, 0, plain, 0)).isEqualTo(Dma.SOURCE_FAULT);
                assertThat(Dma.atomic(other, 8, false, 1, 0, mapped, 0)).isEqualTo(Dma.TARGET_FAULT);
                assertThat(copies).isPositive();
            }
        }
    }
}
