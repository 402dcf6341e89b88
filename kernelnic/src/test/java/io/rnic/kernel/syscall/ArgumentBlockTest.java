package io.rnic.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.reflect.Field;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentBlockTest {
    private final ArgumentBlock block = new ArgumentBlock();

    private static void assertMalformed(final ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(RnicException.class).hasMessageStartingWith("malformed argument block: ")
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.INVALID_ARGUMENT);
    }

    @Test
    void shouldReadWhatWasWritten() {
        block.putInt(-7).putLong(Long.MIN_VALUE).putBytes(new byte[] {1, 2, 3}).putBytes(new byte[0]).putText("grün")
            .putInt(Integer.MAX_VALUE);
        final ArgumentBlock copy = new ArgumentBlock();
        copy.putLong(99);
        copy.copyFrom(block);
        assertThat(copy.getInt()).isEqualTo(-7);
        assertThat(copy.getLong()).isEqualTo(Long.MIN_VALUE);
        assertThat(copy.getBytes()).containsExactly(1, 2, 3);
        assertThat(copy.getBytes()).isEmpty();
        assertThat(copy.getText()).isEqualTo("grün");
        assertThat(copy.getInt()).isEqualTo(Integer.MAX_VALUE);
        assertMalformed(copy::getInt);
    }

    @Test
    void shouldReadWhatWasWrittenInAnyOrder() {
        final long seed = new Random().nextLong();
        final Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            final byte[][] written = new byte[random.nextInt(50)][];
            block.clear();
            for (int i = 0; i < written.length; i++) {
                written[i] = new byte[random.nextInt(1_000)];
                random.nextBytes(written[i]);
                block.putBytes(written[i]).putInt(i);
            }
            for (int i = 0; i < written.length; i++) {
                assertThat(block.getBytes()).as("seed %d, round %d", seed, round).isEqualTo(written[i]);
                assertThat(block.getInt()).isEqualTo(i);
            }
            assertThat(block.take(0)).isEqualTo(ArgumentBlock.BYTES - block.room());
        }
    }

    @Test
    void shouldHoldAsMuchAsItSaysAndNoMore() {
        block.putLong(1);
        assertThat(block.room()).isEqualTo(ArgumentBlock.BYTES - 8);
        block.grow(block.room());
        assertThat(block.room()).isZero();
        assertMalformed(() -> block.putLong(1));
        assertMalformed(() -> block.grow(1));
        assertThat(block.grow(0)).isEqualTo(ArgumentBlock.BYTES);
    }

    @Test
    void shouldRefuseBytesThatDoNotFit() {
        assertMalformed(() -> block.putBytes(new byte[ArgumentBlock.BYTES]));
        block.clear().putBytes(new byte[ArgumentBlock.BYTES - 8]);
        assertThat(block.getBytes()).hasSize(ArgumentBlock.BYTES - 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, ArgumentBlock.BYTES + 1, Integer.MAX_VALUE})
    void shouldRefuseImpossibleLengths(final int length) {
        block.putLong(0);
        assertMalformed(() -> block.grow(length));
        assertMalformed(() -> block.take(length));
        assertThat(block.getLong()).as("nothing was passed over").isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 9, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 32, Long.MAX_VALUE,
        Long.MIN_VALUE})
    void shouldRefuseBytesWhoseCountLies(final long count) {
        block.putLong(count).putLong(0);
        assertMalformed(block::getBytes);
        block.clear().putLong(count).putLong(0);
        assertMalformed(block::getText);
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, 1L << 32, -(1L << 31) - 1, Long.MAX_VALUE})
    void shouldRefuseAnIntThatIsNone(final long value) {
        block.putLong(value);
        assertMalformed(block::getInt);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, ArgumentBlock.BYTES + 1, Integer.MAX_VALUE})
    void shouldNotCopyFromABlockThatLiesAboutItsLength(final int length) throws ReflectiveOperationException {
        final ArgumentBlock liar = new ArgumentBlock();
        final Field limit = ArgumentBlock.class.getDeclaredField("limit");
        limit.setAccessible(true);
        limit.setInt(liar, length);
        assertMalformed(() -> block.copyFrom(liar));
    }

    @Test
    void shouldReadNothingOfAnEarlierUse() {
        block.putLong(1).putLong(2);
        block.copyFrom(new ArgumentBlock());
        assertMalformed(block::getLong);
        block.clear();
        assertMalformed(block::getLong);
    }
}
