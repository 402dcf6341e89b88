package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Linux's siw sent to another siw (rping, perftest), with and without CRC. */
class GoldenCaptureTest {
    private final CRC32C calculator = new CRC32C();
    private final Map<String, Integer> messages = new TreeMap<>();

    private static List<PcapReader.Connection> connections(final String capture) throws IOException {
        try (InputStream file = new GZIPInputStream(Objects.requireNonNull(
            GoldenCaptureTest.class.getResourceAsStream(capture + ".pcap.gz")))) {
            return PcapReader.connections(file);
        }
    }

    /** Where the FPDUs begin. */
    private static int assertSetUpBothWays(final MemorySegment stream, final boolean reply, final boolean crc) {
        assertThat(SetUpFrame.parse(stream, 0, (int) stream.byteSize(), reply))
            .isInstanceOfSatisfying(SetUpResult.Parsed.class, parsed -> {
                assertThat(parsed.setUp().crc()).isEqualTo(crc);
                assertThat(parsed.setUp().isEnhanced()).isTrue();
                final MemorySegment again = Hex.filled(parsed.length());
                assertThat(SetUpFrame.write(again, 0, parsed.setUp())).isEqualTo(parsed.length());
                assertThat(Hex.text(again)).isEqualTo(Hex.text(stream, 0, parsed.length()));
            });
        return ((SetUpResult.Parsed) SetUpFrame.parse(stream, 0, (int) stream.byteSize(), reply)).length();
    }

    private void assertStreamBothWays(final MemorySegment stream, final boolean reply, final boolean crc) {
        final Recoder recoder = new Recoder();
        final int size = (int) stream.byteSize();
        int at = assertSetUpBothWays(stream, reply, crc);
        while (at < size) {
            final int length = Fpdu.totalLength(Fpdu.length(stream, at));
            assertThat(size - at).as(WireText.fpdu(stream, at, size - at)).isGreaterThanOrEqualTo(length);
            assertThat(DdpHeader.check(stream, at + 2, Fpdu.length(stream, at)))
                .as(WireText.fpdu(stream, at, length)).isZero();
            if (crc) {
                assertThat(Fpdu.isCrcGood(calculator, stream.asByteBuffer(), stream, at, length)).isTrue();
            }
            assertThat(Hex.text(recoder.recode(stream, at, crc))).as(WireText.fpdu(stream, at, length))
                .isEqualTo(Hex.text(stream, at, length));
            messages.merge(RdmapOpcode.name(DdpHeader.opcode(stream, at + 2)), 1, Integer::sum);
            at += length;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeReadAndWrittenToTheSameBytes(final boolean crc) throws IOException {
        final List<PcapReader.Connection> connections = connections(crc ? "siw-crc" : "siw-nocrc");
        assertThat(connections).hasSize(8);
        for (final PcapReader.Connection connection : connections) {
            assertStreamBothWays(connection.fromClient(), false, crc);
            assertStreamBothWays(connection.fromServer(), true, crc);
        }
        assertThat(messages).isEqualTo(Map.of("READ_REQUEST", 10, "READ_RESPONSE", 54, "SEND", 196, "WRITE", 12));
    }

    /** In messages of several segments: one MSN, message offsets and tagged offsets in a row. */
    @Test
    void shouldShowHowMessagesAreCut() throws IOException {
        final MemorySegment stream = connections("siw-crc").get(1).fromServer();
        final StringBuilder text = new StringBuilder();
        int at = assertSetUpBothWays(stream, true, true);
        while (at < stream.byteSize()) {
            text.append(WireText.fpdu(stream, at, (int) stream.byteSize() - at)).append('\n');
            at += Fpdu.totalLength(Fpdu.length(stream, at));
        }
        assertThat(text.toString().replaceAll("at 0x[0-9a-f]*([0-9a-f]{3})\\b", "at ..$1")
            .replaceAll("0x[0-9a-f]{8}", "0x..")).isEqualTo("""
                READ_REQUEST MSN=1 4000 bytes from 0x.. at ..b30 to 0x.. at ..070, CRC 0x..
                SEND MSN=1 MO=0, 16 bytes, CRC 0x..
                WRITE more 0x.. at ..b40, 1428 bytes, CRC 0x..
                WRITE more 0x.. at ..0d4, 1428 bytes, CRC 0x..
                WRITE 0x.. at ..668, 1144 bytes, CRC 0x..
                SEND MSN=2 MO=0, 16 bytes, CRC 0x..
                READ_REQUEST MSN=2 4000 bytes from 0x.. at ..b30 to 0x.. at ..070, CRC 0x..
                SEND MSN=3 MO=0, 16 bytes, CRC 0x..
                WRITE more 0x.. at ..b40, 1428 bytes, CRC 0x..
                WRITE more 0x.. at ..0d4, 1428 bytes, CRC 0x..
                WRITE 0x.. at ..668, 1144 bytes, CRC 0x..
                SEND MSN=4 MO=0, 16 bytes, CRC 0x..
                """);
    }
}
