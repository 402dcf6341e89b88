package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** The headers behind DDP's as literal bytes, over memory full of 0xa5. */
class RdmapHeadersTest {
    @Test
    void shouldWriteAndReadAReadRequest() {
        final MemorySegment segment = Hex.filled(30);
        ReadRequestHeader.write(segment, 1, 0xF102_0304, 0xF112_1314_1516_1718L, 0xF122_2324, 0xF132_3334,
            0xF142_4344_4546_4748L);

        assertThat(Hex.text(segment))
            .isEqualTo("a5" + "f1020304" + "f112131415161718" + "f1222324" + "f1323334" + "f142434445464748" + "a5");
        assertThat(ReadRequestHeader.sinkStag(segment, 1)).isEqualTo(0xF102_0304);
        assertThat(ReadRequestHeader.sinkTaggedOffset(segment, 1)).isEqualTo(0xF112_1314_1516_1718L);
        assertThat(ReadRequestHeader.size(segment, 1)).isEqualTo(0xF122_2324L);
        assertThat(ReadRequestHeader.sourceStag(segment, 1)).isEqualTo(0xF132_3334);
        assertThat(ReadRequestHeader.sourceTaggedOffset(segment, 1)).isEqualTo(0xF142_4344_4546_4748L);
    }

    @Test
    void shouldWriteAndReadAnAtomicRequest() {
        final MemorySegment segment = Hex.filled(54);
        AtomicRequestHeader.write(segment, 1, AtomicRequestHeader.COMPARE_SWAP, 0xF102_0304, 0xF112_1314,
            0xF122_2324_2526_2728L, 0xF132_3334_3536_3738L, 0xF142_4344_4546_4748L, 0xF152_5354_5556_5758L,
            0xF162_6364_6566_6768L);

        assertThat(Hex.text(segment)).isEqualTo("a5" + "00000002" + "f1020304" + "f1121314" + "f122232425262728"
            + "f132333435363738" + "f142434445464748" + "f152535455565758" + "f162636465666768" + "a5");
        assertThat(AtomicRequestHeader.operation(segment, 1)).isEqualTo(AtomicRequestHeader.COMPARE_SWAP);
        assertThat(AtomicRequestHeader.identifier(segment, 1)).isEqualTo(0xF102_0304);
        assertThat(AtomicRequestHeader.stag(segment, 1)).isEqualTo(0xF112_1314);
        assertThat(AtomicRequestHeader.taggedOffset(segment, 1)).isEqualTo(0xF122_2324_2526_2728L);
        assertThat(AtomicRequestHeader.operand(segment, 1)).isEqualTo(0xF132_3334_3536_3738L);
        assertThat(AtomicRequestHeader.operandMask(segment, 1)).isEqualTo(0xF142_4344_4546_4748L);
        assertThat(AtomicRequestHeader.comparand(segment, 1)).isEqualTo(0xF152_5354_5556_5758L);
        assertThat(AtomicRequestHeader.comparandMask(segment, 1)).isEqualTo(0xF162_6364_6566_6768L);
    }

    @Test
    void shouldReadAnOperationWithoutTheReservedBits() {
        assertThat(AtomicRequestHeader.operation(Hex.segment("fffffff2"), 0)).isEqualTo(2);
    }

    @Test
    void shouldWriteThePlainAtomics() {
        final MemorySegment segment = Hex.filled(52);
        AtomicRequestHeader.writeFetchAdd(segment, 0, 1, 2, 8, 5);
        assertThat(Hex.text(segment)).isEqualTo("00000000" + "00000001" + "00000002" + "0000000000000008"
            + "0000000000000005" + "0000000000000000" + "0000000000000000" + "ffffffffffffffff");
        AtomicRequestHeader.writeCompareSwap(segment, 0, 1, 2, 8, 5, 6);
        assertThat(Hex.text(segment)).isEqualTo("00000002" + "00000001" + "00000002" + "0000000000000008"
            + "0000000000000006" + "ffffffffffffffff" + "0000000000000005" + "ffffffffffffffff");
    }

    @Test
    void shouldWriteAndReadAnAtomicResponse() {
        final MemorySegment segment = Hex.filled(14);
        AtomicResponseHeader.write(segment, 1, 0xF102_0304, 0xF112_1314_1516_1718L);
        assertThat(Hex.text(segment)).isEqualTo("a5" + "f1020304" + "f112131415161718" + "a5");
        assertThat(AtomicResponseHeader.identifier(segment, 1)).isEqualTo(0xF102_0304);
        assertThat(AtomicResponseHeader.original(segment, 1)).isEqualTo(0xF112_1314_1516_1718L);
    }

    @Test
    void shouldWriteAndReadImmediateData() {
        final MemorySegment segment = Hex.filled(10);
        ImmediateData.write(segment, 1, 0xF112_1314_1516_1718L);
        assertThat(Hex.text(segment)).isEqualTo("a5" + "f112131415161718" + "a5");
        assertThat(ImmediateData.value(segment, 1)).isEqualTo(0xF112_1314_1516_1718L);
    }

    @Test
    void shouldKnowWhatEachOpcodeIs() {
        for (int opcode = -1; opcode <= 16; opcode++) {
            assertThat(RdmapOpcode.isKnown(opcode)).as("opcode %d", opcode).isEqualTo(opcode >= 0 && opcode <= 11);
            assertThat(RdmapOpcode.isSend(opcode)).isEqualTo(opcode >= 3 && opcode <= 6);
            assertThat(RdmapOpcode.isImmediate(opcode)).isEqualTo(opcode == 8 || opcode == 9);
        }
        for (int opcode = 0; opcode <= 11; opcode++) {
            assertThat(RdmapOpcode.isTagged(opcode)).isEqualTo(opcode == 0 || opcode == 2);
            assertThat(RdmapOpcode.invalidates(opcode)).isEqualTo(opcode == 4 || opcode == 6);
            assertThat(RdmapOpcode.isSolicited(opcode)).isEqualTo(opcode == 5 || opcode == 6 || opcode == 9);
            assertThat(RdmapOpcode.name(opcode)).doesNotContain("OPCODE");
        }
        assertThat(RdmapOpcode.send(false, false)).isEqualTo(RdmapOpcode.SEND);
        assertThat(RdmapOpcode.send(true, false)).isEqualTo(RdmapOpcode.SEND_INVALIDATE);
        assertThat(RdmapOpcode.send(false, true)).isEqualTo(RdmapOpcode.SEND_SOLICITED);
        assertThat(RdmapOpcode.send(true, true)).isEqualTo(RdmapOpcode.SEND_SOLICITED_INVALIDATE);
        assertThat(RdmapOpcode.name(12)).isEqualTo("OPCODE_12");
    }
}
