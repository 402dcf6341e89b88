package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        FpduTest.HELLO + "| SEND_SOLICITED MSN=1 MO=0, 5 bytes, CRC 0xe80b29f7",
        FpduTest.EMPTY_WRITE + "| WRITE 0x00000001 at 0x0, 0 bytes, CRC 0x5f4cd3eb",
        FpduTest.EMPTY_READ
            + "| READ_REQUEST MSN=1 0 bytes from 0x00000001 at 0x0 to 0x00000000 at 0x0, CRC 0xc9e310ba",
        "00| FPDU, 1 bytes of its length",
        "000e c140| FPDU of 20 bytes, 4 of them there",
        "0004 41434242 0000 00000000| ULPDU of 4 bytes, refused with 2/0/3: 41434242, CRC 0x00000000",
        "0010 c040 00000001 0000000000000007 5ec4 0000 00000000"
            + "| ULPDU of 16 bytes, refused with 1/1/4: c0400000000100000000000000075ec4, CRC 0x00000000"})
    void shouldTellAFrame(final String hex, final String text) {
        final MemorySegment segment = Hex.segment(hex);
        assertThat(WireText.fpdu(segment, 0, (int) segment.byteSize())).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0142 00000001 0000000000000007| ULPDU of 14 bytes, refused with 2/0/3: 0142000000010000000000000007",
        "8142 00000001 00000000000000ff 5ec4e7| READ_RESPONSE more 0x00000001 at 0xff, 3 bytes",
        "4146 0000000f 00000000 ffffffff 80000000|"
            + " SEND_SOLICITED_INVALIDATE MSN=4294967295 MO=2147483648 invalidates 0x0000000f, 0 bytes",
        "4148 00000000 00000000 00000001 00000000 0102030405060708| IMMEDIATE MSN=1 0x0102030405060708",
        "414a 00000000 00000001 00000001 00000000 00000002 00000005 0000002a 00000000000000f8 0000000000000006"
            + "ffffffffffffffff 0000000000000005 ffffffffffffffff|"
            + " ATOMIC_REQUEST MSN=1 COMPARE_SWAP id=5 0x0000002a at 0xf8",
        "414b 00000000 00000003 00000001 00000000 00000005 0000000000000007|"
            + " ATOMIC_RESPONSE MSN=1 id=5 original=0x0000000000000007",
        "4147 00000000 00000002 00000001 00000000 20020000| TERMINATE MSN=1 2/0/2",
        "4147 00000000 00000002 00000001 00000000 1101c000 0011 c140 00000001 0102030405060708|"
            + " TERMINATE MSN=1 1/1/1 for a ULPDU of 17 bytes, WRITE",
        "4147 00000000 00000002 00000001 00000000 10010700 002e 4141 00000000 00000001 00000001 00000000 00000001"
            + "0000000000000010 00000020 00000003 0000000000000040|"
            + " TERMINATE MSN=1 0/1/1 (bits swapped) for a ULPDU of 46 bytes, READ_REQUEST of 32 bytes"
            + " from 0x00000003 at 0x40 to 0x00000001 at 0x10"})
    void shouldTellAUlpdu(final String hex, final String text) {
        final MemorySegment segment = Hex.segment("a5" + hex);
        assertThat(WireText.ulpdu(segment, 1, (int) segment.byteSize() - 1)).isEqualTo(text);
    }
}
