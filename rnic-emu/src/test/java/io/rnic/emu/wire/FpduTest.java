package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FpduTest {
    static final String HELLO = "0017 4145 00000000 00000000 00000001 00000000 68656c6c6f 000000 f7290be8";
    static final String EMPTY_WRITE = "000e c140 00000001 0000000000000000 ebd34c5f";
    static final String EMPTY_READ = "002e 4141 00000000 00000001 00000001 00000000 00000000 0000000000000000 00000000"
        + "00000001 0000000000000000 ba10e3c9";
    static final String RFC_5044_FIGURE_5 =
        "00000000 002a 4143 00000000 00000000 00000001 00000000"
        + "000000000000000000000000000000000000000000000000 52239983";
    static final String RFC_5044_FIGURE_6 =
        "002a 4143 00000000 00000000 00000002 00000000 00000014"
        + "000000000000000000000000000000000000000000000000 84925898";

    private final CRC32C calculator = new CRC32C();

    @ParameterizedTest
    @ValueSource(strings = {HELLO, EMPTY_WRITE, EMPTY_READ, RFC_5044_FIGURE_5, RFC_5044_FIGURE_6})
    void shouldFindTheCrcGoodAndEachFlippedBitBad(final String hex) {
        final byte[] bytes = Hex.bytes(hex);
        final MemorySegment segment = MemorySegment.ofArray(bytes);
        final ByteBuffer view = ByteBuffer.wrap(bytes);

        assertThat(Fpdu.isCrcGood(calculator, view, segment, 0, bytes.length)).isTrue();
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(Fpdu.isCrcGood(calculator, view, segment, 0, bytes.length)).as("bit %d", bit).isFalse();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 2, 4, 8", "1, 1, 4, 8", "2, 0, 4, 8", "3, 3, 8, 12", "14, 0, 16, 20", "18, 0, 20, 24",
        "23, 3, 28, 32", "46, 0, 48, 52", "65534, 0, 65536, 65540", "65535, 3, 65540, 65544"})
    void shouldPadToAMultipleOfFour(final int ulpduLength, final int pad, final int crcOffset, final int total) {
        assertThat(Fpdu.pad(ulpduLength)).isEqualTo(pad);
        assertThat(Fpdu.crcOffset(ulpduLength)).isEqualTo(crcOffset);
        assertThat(Fpdu.totalLength(ulpduLength)).isEqualTo(total);
    }

    @Test
    void shouldWriteHelloFromItsPieces() {
        final MemorySegment frame = Hex.filled(40);
        final byte[] payload = Hex.bytes("68656c6c6f");
        final int ulpduLength = DdpHeader.UNTAGGED_LENGTH + payload.length;

        Fpdu.length(frame, 3, ulpduLength);
        DdpHeader.writeUntagged(frame, 3 + Fpdu.ULPDU_OFFSET, RdmapOpcode.SEND_SOLICITED, true, 0, 1, 0);
        MemorySegment.copy(MemorySegment.ofArray(payload), 0, frame, 3 + 20, payload.length);
        final ByteBuffer view = frame.asByteBuffer();
        Fpdu.crc(calculator, view, 3, 20);
        Fpdu.update(calculator, ByteBuffer.wrap(payload), 0, 5);
        Fpdu.update(calculator, ByteBuffer.allocateDirect(3), 0, Fpdu.pad(ulpduLength));
        Fpdu.writeTrailer(frame, 3 + 25, ulpduLength, (int) calculator.getValue());

        assertThat(Hex.text(frame)).isEqualTo("a5a5a5" + HELLO.replace(" ", "") + "a5a5a5a5a5");
        assertThat(Fpdu.length(frame, 3)).isEqualTo(23);
    }

    @Test
    void shouldTellTheCrcAsJavaDoes() {
        final byte[] digits = Hex.bytes("313233343536373839");
        final MemorySegment segment = Hex.filled(6);
        final int crc = Fpdu.crc(calculator, ByteBuffer.wrap(digits), 0, 9);
        Fpdu.crc(segment, 1, crc);

        assertThat(crc).isEqualTo(0xE306_9283);
        assertThat(Hex.text(segment)).isEqualTo("a5839206e3a5");
        assertThat(Fpdu.crc(segment, 1)).isEqualTo(crc);
    }

    @ParameterizedTest
    @CsvSource({"1448, false, 1442", "1448, true, 1430", "1460, false, 1454", "1461, false, 1454", "512, true, 502",
        "513, true, 498", "128, false, 128", "64, true, 128", "65483, false, 64768", "65495, true, 64768",
        "64774, false, 64766", "64776, false, 64768", "2147483647, false, 64768"})
    void shouldCutToTheTcpSegment(final int emss, final boolean markers, final int mulpdu) {
        assertThat(Fpdu.mulpdu(emss, markers)).isEqualTo(mulpdu);
    }
}
