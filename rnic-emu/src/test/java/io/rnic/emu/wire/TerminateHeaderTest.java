package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminateHeaderTest {
    private static final String WRITE = "c140 00000001 0102030405060708 5ec4e7";
    private static final String SEND = "4143 00000000 00000000 00000001 00000000 5ec4e7";
    private static final String READ = "4141 00000000 00000001 00000001 00000000" + "11".repeat(28);

    private static String write(final int code, final String ulpdu) {
        final MemorySegment segment = Hex.filled(TerminateHeader.MAX_LENGTH + 2);
        final MemorySegment refused = Hex.segment("a5a5a5" + ulpdu);
        final int length = TerminateHeader.write(segment, 1, code, refused, 3, (int) refused.byteSize() - 3);
        assertThat(Hex.text(segment, 0, 1)).isEqualTo("a5");
        assertThat(Hex.text(segment, 1 + length, segment.byteSize() - 1 - length)).matches("(a5)+");
        return Hex.text(segment, 1, length);
    }

    private static String clean(final String hex) {
        return hex.replace(" ", "");
    }

    @Test
    void shouldSendBackTheHeadersAndNoPayload() {
        assertThat(write(TerminateCode.of(1, 1, 1), WRITE))
            .isEqualTo(clean("1101c000 0011 c140 00000001 0102030405060708"));
        assertThat(write(TerminateCode.NO_BUFFER, SEND))
            .isEqualTo(clean("1202c000 0015 4143 00000000 00000000 00000001 00000000"));
        assertThat(write(TerminateCode.of(0, 1, 2), WRITE))
            .isEqualTo(clean("0102c000 0011 c140 00000001 0102030405060708"));
        assertThat(write(TerminateCode.of(0, 2, 9), SEND))
            .isEqualTo(clean("0209c000 0015 4143 00000000 00000000 00000001 00000000"));
        assertThat(write(TerminateCode.of(0, 1, 0), READ)).isEqualTo(clean("0100e000 002e" + READ)).hasSize(2 * 52);
        assertThat(write(TerminateCode.of(0, 2, 7), READ))
            .isEqualTo(clean("0207c000 002e 4141 00000000 00000001 00000001 00000000"));
    }

    /** A header of RDMAP goes with errors of remote protection, but only a Read Request has one that is sent back. */
    @Test
    void shouldSendBackNoPayloadOfWhatIsNoReadRequestThoughItIsAsLong() {
        final String denied = clean("4144 00000077 00000000 00000001 00000000") + "5e".repeat(60);
        assertThat(write(TerminateCode.INVALIDATION_DENIED, denied))
            .isEqualTo(clean("0109c000 004e 4144 00000077 00000000 00000001 00000000"));
        final String atomic = clean("414a 00000000 00000001 00000001 00000000") + "5e".repeat(52);
        assertThat(write(TerminateCode.REMOTE_STAG, atomic))
            .isEqualTo(clean("0100c000 0046 414a 00000000 00000001 00000001 00000000"));
        final String write = clean("c140 00000001 0102030405060708") + "5e".repeat(60);
        assertThat(write(TerminateCode.REMOTE_ACCESS, write))
            .isEqualTo(clean("0102c000 004a c140 00000001 0102030405060708"));
    }

    @Test
    void shouldSendBackNothingWhereNothingGoesWithTheError() {
        assertThat(write(TerminateCode.CRC, SEND)).isEqualTo("20020000");
        assertThat(write(TerminateCode.of(0, 0, 0), READ)).isEqualTo("00000000");
        final MemorySegment segment = Hex.filled(5);
        assertThat(TerminateHeader.write(segment, 0, TerminateCode.NO_MATCHING_RTR)).isEqualTo(4);
        assertThat(Hex.text(segment)).isEqualTo("20070000a5");
    }

    @Test
    void shouldSendBackNoHeaderThatIsNotWhole() {
        for (int length = 0; length < 14; length++) {
            assertThat(write(TerminateCode.of(1, 1, 0), clean(WRITE).substring(0, 2 * length))).isEqualTo("11000000");
        }
        for (int length = 0; length < 18; length++) {
            assertThat(write(TerminateCode.NO_BUFFER, clean(SEND).substring(0, 2 * length))).isEqualTo("12020000");
        }
        for (int length = 18; length < 46; length++) {
            assertThat(write(TerminateCode.of(0, 1, 0), clean(READ).substring(0, 2 * length)))
                .isEqualTo("0100c000" + "00%02x".formatted(length) + clean(READ).substring(0, 2 * 18));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // the RFC's order
        "1101c000, 1/1/1, false, 6", "20020000, 2/0/2, false, 0", "0100e000, 0/1/0, false, 7",
        "00420000, 0/0/66, false, 0", "02078000, 0/2/7, false, 4", "10000000, 1/0/0, false, 0",
        // siw's, told by its flags or because the RFC has no such row
        "21020300, 1/2/2, true, 6", "20050300, 0/2/5, true, 6", "10000700, 0/1/0, true, 7", "02020000, 2/0/2, true, 0",
        "11010300, 1/1/1, true, 6", "10090000, 0/1/9, true, 0", "21020000, 1/2/2, true, 0",
        // neither is a row: as the RFC has it
        "33010000, 3/3/1, false, 0", "fe010000, 15/14/1, false, 0"})
    void shouldReadBothOrdersOfBits(
        final String control, final String code, final boolean swapped, final int headers) {
        final MemorySegment segment = Hex.segment(control + "002e" + READ);
        assertThat(TerminateCode.text(TerminateHeader.terminateCode(segment, 0))).isEqualTo(code);
        assertThat(TerminateHeader.isSwapped(segment, 0)).isEqualTo(swapped);
        assertThat(TerminateHeader.headers(segment, 0, 52)).isEqualTo(headers);
        if (headers != 0) {
            assertThat(TerminateHeader.segmentLength(segment, 0)).isEqualTo(46);
        }
        if (headers == 7) {
            assertThat(TerminateHeader.readRequestOffset(segment, 0)).isEqualTo(24);
        }
    }

    @Test
    void shouldNotFindHeadersThatAreNotThere() {
        final MemorySegment untagged = Hex.segment("0100e000 002e" + READ);
        final MemorySegment tagged = Hex.segment("0100e000 0011" + WRITE.substring(0, 33) + "11".repeat(28));
        for (int length = 4; length <= 52; length++) {
            assertThat(TerminateHeader.headers(untagged, 0, length)).as("untagged, %d bytes", length)
                .isEqualTo(length < 6 ? 0 : length < 24 ? 4 : length < 52 ? 6 : 7);
            if (length <= 48) {
                assertThat(TerminateHeader.headers(tagged, 0, length)).as("tagged, %d bytes", length)
                    .isEqualTo(length < 6 ? 0 : length < 20 ? 4 : length < 48 ? 6 : 7);
            }
        }
        assertThat(TerminateHeader.headers(Hex.segment("01002000 002e" + READ), 0, 52)).as("R alone").isZero();
        assertThat(TerminateHeader.headers(Hex.segment("0100a000 002e" + READ), 0, 52)).as("R without D").isEqualTo(4);
    }

    @Test
    void shouldKnowTheRowsOfTheRfcs() {
        int rows = 0;
        for (int number = 0; number < 1 << 16; number++) {
            if (TerminateCode.isDefined(0x10000 | number)) {
                rows++;
            }
        }
        assertThat(rows).isEqualTo(256 + 7 + 6 + 1 + 5 + 6 + 7);
        assertThat(TerminateCode.of(0, 2, 7)).isEqualTo(0x10207).isEqualTo(TerminateCode.STREAM_CATASTROPHIC);
    }
}
