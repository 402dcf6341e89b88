package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedMemoryTest {
    private final SharedMemory memory = new SharedMemory();
    private final TreeMap<Long, Long> live = new TreeMap<>();

    @ParameterizedTest
    @CsvSource({"0, 128", "1, 128", "128, 128", "129, 256", "384, 512", "1048576, 1048576", "1048577, 2097152"})
    void shouldRoundUpToAPowerOfTwo(final long asked, final long given) {
        final SharedMemory.Block block = memory.allocate(asked);
        assertThat(block.bytes()).isEqualTo(given);
        assertThat(block.bytes()).isEqualTo(given);
    }

    @Test
    void shouldRefuseABlockOfMoreThanAGibibyte() {
        assertThatThrownBy(() -> memory.allocate((1L << 30) + 1))
            .isInstanceOf(RnicException.class)
            .hasMessageContaining(String.valueOf((1L << 30) + 1))
            .hasMessageContaining("allowed: 1 GiB")
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.DEVICE_LIMIT);
    }

    @Test
    void shouldCountTheBytesThatAreInUse() {
        final SharedMemory.Block first = memory.allocate(1_000);
        final SharedMemory.Block second = memory.allocate(1 << 20);
        assertThat(memory.bytesInUse()).isEqualTo(1_024 + (1 << 20));
        memory.release(second);
        memory.release(first);
        assertThat(memory.bytesInUse()).isZero();
        memory.allocate(1_000);
        assertThat(memory.bytesInUse()).isEqualTo(1_024);
    }

    @Test
    void shouldUseABlockOfTheSameSizeAgain() {
        final SharedMemory.Block first = memory.allocate(1_000);
        memory.release(first);
        assertThat(memory.allocate(600)).isSameAs(first);
        assertThat(memory.allocate(600)).isNotSameAs(first);
    }

    @Test
    void shouldGiveAlignedZeroedBlocksThatNeverOverlap() {
        final long seed = new Random().nextLong();
        final Random random = new Random(seed);
        final List<SharedMemory.Block> held = new ArrayList<>();
        for (int step = 0; step < 6_000; step++) {
            final String when = "seed " + seed + ", step " + step;
            if (held.isEmpty() || (held.size() < 200 && random.nextInt(5) < 3)) {
                final SharedMemory.Block block = memory.allocate(1L << random.nextInt(15) | random.nextInt(64));
                assertFresh(block, when);
                block.segment().fill((byte) 0xFF);
                held.add(block);
            } else {
                final SharedMemory.Block block = held.remove(random.nextInt(held.size()));
                assertThat(live.remove(block.segment().address())).as(when).isNotNull();
                memory.release(block);
            }
        }
    }

    private void assertFresh(final SharedMemory.Block block, final String when) {
        final MemorySegment segment = block.segment();
        final long address = segment.address();
        final long end = address + segment.byteSize();
        assertThat(address % SharedMemory.ALIGNMENT).as(when).isZero();
        final MemorySegment zeros = MemorySegment.ofArray(new byte[(int) segment.byteSize()]);
        assertThat(segment.mismatch(zeros)).as("all zero, %s", when).isEqualTo(-1);
        final Map.Entry<Long, Long> before = live.lowerEntry(end);
        assertThat(before == null || before.getValue() <= address).as("no overlap, %s", when).isTrue();
        live.put(address, end);
    }

    /** Of the longer ones the first slab is one block. */
    @ParameterizedTest
    @CsvSource({"256, 0", "512, 0", "65536, 1", "262144, 1"})
    void shouldLayBlocksOfOneSizeSideBySide(final int size, final int alone) {
        for (int i = 0; i < alone; i++) {
            memory.allocate(size);
        }
        final long first = memory.allocate(size).segment().address();
        memory.allocate(size / 4);
        memory.allocate(2L * size);
        assertThat(memory.allocate(size).segment().address()).isEqualTo(first + size);
    }

    @Test
    void shouldShowTheSameBytesAsSegmentAndAsBuffer() {
        final SharedMemory.Block block = memory.allocate(128);
        block.segment().set(ValueLayout.JAVA_BYTE, 127, (byte) 9);
        assertThat(block.segment().get(ValueLayout.JAVA_BYTE, 127)).isEqualTo((byte) 9);
    }
}
