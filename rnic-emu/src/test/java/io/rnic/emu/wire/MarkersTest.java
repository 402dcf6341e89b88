package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkersTest {
    private static final String SEND = "4143 00000000 00000000 0000000%d 00000000" + "00".repeat(24);

    private final CRC32C calculator = new CRC32C();

    private String insertWithCrc(final String ulpdu, final long position) {
        final MemorySegment frame = Hex.segment("002a" + ulpdu + "00000000");
        final int length = (int) frame.byteSize();
        final MemorySegment stream = Hex.filled(Markers.totalLength(position, length));
        final int written = Markers.insert(frame, 0, length, stream, 0, position, position);
        assertThat(written).isEqualTo((int) stream.byteSize());
        Fpdu.crc(stream, written - 4, Fpdu.crc(calculator, stream.asByteBuffer(), 0, written - 4));
        return Hex.text(stream);
    }

    @Test
    void shouldMakeTheFiguresOfTheRfc() {
        assertThat(insertWithCrc(SEND.formatted(1), 0)).isEqualTo(FpduTest.RFC_5044_FIGURE_5.replace(" ", ""));
        assertThat(insertWithCrc(SEND.formatted(2), 0x1ec)).isEqualTo(FpduTest.RFC_5044_FIGURE_6.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 4", "4, 508, 0", "508, 4, 0", "511, 1, 0", "512, 0, 4", "1024000000004, 508, 0"})
    void shouldKnowWhereTheNextOneIs(final long position, final int bytesToNext, final int leading) {
        assertThat(Markers.bytesToNext(position)).isEqualTo(bytesToNext);
        assertThat(Markers.leading(position)).isEqualTo(leading);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "0, 4, 8", "0, 508, 512", "0, 512, 520", "4, 508, 508", "4, 512, 516", "4, 1016, 1020",
        "4, 1020, 1028", "508, 4, 4", "508, 8, 12", "0, 65544, 66064"})
    void shouldKnowHowLongAFrameIsWithThem(final long position, final int length, final int total) {
        assertThat(Markers.totalLength(position, length)).isEqualTo(total);
    }

    @Test
    void shouldIgnoreWhatIsReservedInAMarker() {
        final MemorySegment stream = Hex.segment("ffff 0003 0002 4143 12345678");
        assertThat(Markers.remove(stream, 0, 8, 0)).isTrue();
        assertThat(Hex.text(stream, 0, 8)).isEqualTo("0002414312345678");
    }

    @Test
    void shouldRefuseEachPointerThatIsNotItsOwn() {
        final int length = Fpdu.totalLength(3000);
        final MemorySegment frame = Hex.filled(length);
        final int total = Markers.totalLength(100, length);
        final MemorySegment stream = Hex.filled(total);
        assertThat(Markers.insert(frame, 0, length, stream, 0, 100, 100)).isEqualTo(total);
        for (int marker = 412; marker < total; marker += Markers.INTERVAL) {
            for (int bit = 2; bit < 16; bit++) {
                final MemorySegment copy = MemorySegment.ofArray(new byte[total]).copyFrom(stream);
                final int pointer = Markers.pointer(copy, marker);
                assertThat(pointer).isEqualTo(marker);
                Markers.write(copy, marker, pointer ^ 1 << bit);
                assertThat(Markers.remove(copy, 0, length, 100)).as("marker at %d, bit %d", marker, bit).isFalse();
            }
        }
    }

    /** Frames of any length, in pieces cut anywhere, one behind the other in one stream. */
    @Test
    void shouldComeOutAsTheyWentIn() {
        final Random random = new Random(7);
        long position = 0;
        for (int round = 0; round < 3000; round++) {
            final int length = Fpdu.totalLength(random.nextInt(round % 10 == 0 ? 64_768 : 1500));
            final byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            final MemorySegment frame = MemorySegment.ofArray(bytes);
            final int total = Markers.totalLength(position, length);
            final MemorySegment stream = Hex.filled(total + 2);
            int written = 0;
            for (int taken = 0; taken < length; ) {
                final int piece = Math.min(length - taken, 1 + random.nextInt(random.nextBoolean() ? 9 : length));
                written += Markers.insert(frame, taken, piece, stream, 1 + written, position + written, position);
                taken += piece;
            }
            assertThat(written).isEqualTo(total);
            assertThat(Hex.text(stream, 0, 1) + Hex.text(stream, total + 1, 1)).isEqualTo("a5a5");

            assertThat(Markers.remove(stream, 1, length, position)).isTrue();
            assertThat(stream.asSlice(1, length).mismatch(frame)).isEqualTo(-1);
            position += total;
        }
    }

    @Test
    void shouldBeCoveredByTheCrcWhereverTheyAre() {
        final MemorySegment stream = Hex.segment(FpduTest.RFC_5044_FIGURE_6);
        final ByteBuffer view = stream.asByteBuffer();
        final int length = (int) stream.byteSize();
        assertThat(Fpdu.isCrcGood(calculator, view, stream, 0, length)).isTrue();
        Markers.write(stream, 20, 0x18);
        assertThat(Fpdu.isCrcGood(calculator, view, stream, 0, length)).isFalse();
    }
}
