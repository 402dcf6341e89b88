package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DdpHeaderTest {
    private static final String TO = "0102030405060708";

    private static String check(final String ulpdu) {
        final MemorySegment segment = Hex.segment("a5" + ulpdu);
        return text(DdpHeader.check(segment, 1, (int) segment.byteSize() - 1));
    }

    private static String text(final int terminateCode) {
        return terminateCode == TerminateCode.NONE ? "good" : TerminateCode.text(terminateCode);
    }

    @Test
    void shouldWriteATaggedOne() {
        final MemorySegment segment = Hex.filled(16);
        assertThat(DdpHeader.writeTagged(segment, 1, RdmapOpcode.WRITE, true, 0x2C51_A0E7, 0x0102_0304_0506_0708L))
            .isEqualTo(14);
        assertThat(Hex.text(segment)).isEqualTo("a5" + "c140" + "2c51a0e7" + TO + "a5");
        DdpHeader.writeTagged(segment, 1, RdmapOpcode.READ_RESPONSE, false, -1, -2);
        assertThat(Hex.text(segment)).isEqualTo("a5" + "8142" + "ffffffff" + "fffffffffffffffe" + "a5");
    }

    @Test
    void shouldReadATaggedOne() {
        final MemorySegment segment = Hex.segment("a5" + "c142" + "fc51a0e7" + "f102030405060708");
        assertThat(DdpHeader.isTagged(segment, 1)).isTrue();
        assertThat(DdpHeader.isLast(segment, 1)).isTrue();
        assertThat(DdpHeader.ddpVersion(segment, 1)).isEqualTo(1);
        assertThat(DdpHeader.rdmapVersion(segment, 1)).isEqualTo(1);
        assertThat(DdpHeader.opcode(segment, 1)).isEqualTo(RdmapOpcode.READ_RESPONSE);
        assertThat(DdpHeader.length(segment, 1)).isEqualTo(14);
        assertThat(DdpHeader.stag(segment, 1)).isEqualTo(0xFC51_A0E7);
        assertThat(DdpHeader.taggedOffset(segment, 1)).isEqualTo(0xF102_0304_0506_0708L);
    }

    @Test
    void shouldWriteAnUntaggedOne() {
        final MemorySegment segment = Hex.filled(20);
        assertThat(DdpHeader.writeUntagged(segment, 1, RdmapOpcode.SEND_SOLICITED_INVALIDATE, false, 0x0A0B_0C0D, 7,
            0xF000_0001)).isEqualTo(18);
        assertThat(Hex.text(segment))
            .isEqualTo("a5" + "0146" + "0a0b0c0d" + "00000000" + "00000007" + "f0000001" + "a5");
    }

    @Test
    void shouldReadAnUntaggedOne() {
        final MemorySegment segment = Hex.segment("a5" + "4144" + "fa0b0c0d" + "00000000" + "ffffffff" + "f0000001");
        assertThat(DdpHeader.isTagged(segment, 1)).isFalse();
        assertThat(DdpHeader.isLast(segment, 1)).isTrue();
        assertThat(DdpHeader.opcode(segment, 1)).isEqualTo(RdmapOpcode.SEND_INVALIDATE);
        assertThat(DdpHeader.length(segment, 1)).isEqualTo(18);
        assertThat(DdpHeader.invalidateStag(segment, 1)).isEqualTo(0xFA0B_0C0D);
        assertThat(DdpHeader.queueNumber(segment, 1)).isZero();
        assertThat(DdpHeader.msn(segment, 1)).isEqualTo(-1);
        assertThat(DdpHeader.messageOffset(segment, 1)).isEqualTo(0xF000_0001L);
    }

    @ParameterizedTest
    @CsvSource({"0, c140, ''", "1, 4141, 00000001", "2, c142, ''", "3, 4143, 00000000", "4, 4144, 00000000",
        "5, 4145, 00000000", "6, 4146, 00000000", "7, 4147, 00000002", "8, 4148, 00000000", "9, 4149, 00000000",
        "10, 414a, 00000001", "11, 414b, 00000003"})
    void shouldSendEachMessageToItsQueue(final int opcode, final String control, final String queue) {
        final MemorySegment segment = Hex.filled(18);
        if (RdmapOpcode.isTagged(opcode)) {
            DdpHeader.writeTagged(segment, 0, opcode, true, 0, 0);
        } else {
            DdpHeader.writeUntagged(segment, 0, opcode, true, 0, 1, 0);
            assertThat(Hex.text(segment, 6, 4)).isEqualTo(queue);
        }
        assertThat(Hex.text(segment, 0, 2)).isEqualTo(control);
    }

    @ParameterizedTest
    @CsvSource({
        // length
        "'', 2/0/3", "c1, 2/0/3", "c140 00000001 00000000000000, 2/0/3", "c140 00000001 0000000000000000, good",
        "4143 00000000 00000000 00000001 000000, 2/0/3", "4143 00000000 00000000 00000001 00000000, good",
        // versions
        "c040 00000001 0000000000000000, 1/1/4", "c240 00000001 0000000000000000, 1/1/4",
        "4043 00000000 00000000 00000001 00000000, 1/2/6", "4343 00000000 00000000 00000001 00000000, 1/2/6",
        "c100 00000001 0000000000000000, 0/2/5", "4183 00000000 00000000 00000001 00000000, 0/2/5",
        // opcodes, and whether they are tagged
        "414c 00000000 00000000 00000001 00000000, 0/2/6", "c14f 00000001 0000000000000000, 0/2/6",
        "4140 00000000 00000000 00000001 00000000, 0/2/6", "c143 00000001 0000000000000000, 0/2/6",
        "4142 00000000 00000000 00000001 00000000, 0/2/6", "c147 00000001 0000000000000000, 0/2/6",
        // queues
        "4143 00000000 00000004 00000001 00000000, 1/2/1", "4143 00000000 80000000 00000001 00000000, 1/2/1",
        "4143 00000000 00000001 00000001 00000000, 1/2/1", "4147 00000000 00000000 00000001 00000000 00000000, 1/2/1",
        // reserved bits
        "fd70 00000001 0000000000000000, good", "7d73 ffffffff 00000000 00000001 00000000, good"})
    void shouldCheckWhatTheHeaderSays(final String ulpdu, final String code) {
        assertThat(check(ulpdu)).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"41, 01, 28", "48, 00, 8", "49, 00, 8", "4a, 01, 52", "4b, 03, 12"})
    void shouldCheckMessagesOfFixedLength(final String opcode, final String queue, final int length) {
        final String rest = opcode + "00000000 000000" + queue + "00000001 00000000";
        assertThat(check("41" + rest + "00".repeat(length))).isEqualTo("good");
        assertThat(check("41" + rest + "00".repeat(length - 1))).isEqualTo("0/2/7");
        assertThat(check("41" + rest)).isEqualTo("0/2/7");
        assertThat(check("41" + rest + "00".repeat(length + 1))).isEqualTo("1/2/5");
        assertThat(check("01" + rest + "00".repeat(length))).as("more follows").isEqualTo("1/2/5");
        assertThat(check("41" + rest.substring(0, rest.length() - 1) + "1" + "00".repeat(length))).isEqualTo("1/2/4");
    }

    @Test
    void shouldCheckThatATerminateTellsWhy() {
        assertThat(check("4147 00000000 00000002 00000001 00000000 000000")).isEqualTo("0/2/7");
        assertThat(check("4147 00000000 00000002 00000001 00000000 00000000")).isEqualTo("good");
        assertThat(check("4147 00000000 00000002 00000001 00000004 00000000")).isEqualTo("1/2/4");
    }
}
