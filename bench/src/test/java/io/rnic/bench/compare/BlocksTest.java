package io.rnic.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic of streaming a file in blocks. */
class BlocksTest {
    @Test
    void shouldSweepAsTheFigureDoes() {
        assertThat(Blocks.SWEEP_BYTES).first().isEqualTo(4096);
        assertThat(Blocks.SWEEP_BYTES).last().isEqualTo(512 * 1024);
        for (int i = 1; i < Blocks.SWEEP_BYTES.size(); i++) {
            assertThat(Blocks.SWEEP_BYTES.get(i)).isEqualTo(2 * Blocks.SWEEP_BYTES.get(i - 1));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1,          4096, 1, 1, 1,    1",
        "4095,       4096, 1, 1, 4095, 4095",
        "4096,       4096, 1, 1, 4096, 4096",
        "4097,       4096, 2, 1, 4096, 1",
        "8191,       4096, 2, 1, 4096, 4095",
        "5000000000, 4096, 1220704, 1220703, 4096, 512"})
    void shouldCutAFile(final long fileBytes, final int blockBytes, final long count, final long fullCount,
                        final int fullLength, final int lastLength) {
        final Blocks blocks = new Blocks(fileBytes, blockBytes);
        assertThat(blocks.count()).isEqualTo(count);
        assertThat(blocks.fullCount()).isEqualTo(fullCount);
        assertThat(blocks.fullLength()).isEqualTo(fullLength);
        assertThat(blocks.length(count - 1)).isEqualTo(lastLength);
        assertThat(blocks.offset(count - 1) + blocks.length(count - 1)).isEqualTo(fileBytes);
        for (final long full : LongStream.of(0, fullCount - 1).toArray()) {
            assertThat(blocks.length(full)).isEqualTo(fullLength);
        }
    }

    @ParameterizedTest
    @CsvSource({"4096, 32", "65536, 32", "131072, 16", "524288, 4"})
    void shouldKeepAsManyBlocksOutstandingAsTheBuffersHold(final int blockBytes, final int depth) {
        assertThat(FileStream.depth(blockBytes)).isEqualTo(depth);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.0, 1", "1, 5.0, 1",
        "10000000, 1.0, 10000000", "10000000, 0.0, 1048576", "10000000, 0.5, 4718592"})
    void shouldVerifyWhatThereIsTimeFor(final long fileBytes, final double share, final long partBytes) {
        assertThat(Verification.partBytes(fileBytes, share)).isEqualTo(partBytes);
    }

    @Test
    void shouldPutMessagesOnLinesOfTheirOwnAndGoRound() {
        final Ring ring = new Ring(256, 65);
        assertThat(LongStream.generate(ring::next).limit(5)).containsExactly(0L, 128L, 0L, 128L, 0L);
        final Ring whole = new Ring(100, 100);
        assertThat(LongStream.generate(whole::next).limit(2)).containsExactly(0L, 0L);
    }
}
