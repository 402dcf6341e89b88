package io.rnic.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.RawPeer;
import io.rnic.emu.link.TcpStream;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.RdmapOpcode;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A peer that reads and reads does not keep this side's own requests from leaving. */
class TurnsTest {
    private static final int TIMEOUT_MS = 3_600_000;

    /** Both are there before this side may send anything: answers and requests then leave by turns. */
    @Test
    void answersAndRequestsShouldTakeTurns() {
        try (StreamRig rig = new StreamRig(new TcpStream.Agreement(false, false, false, false, TIMEOUT_MS))) {
            rig.send();
            rig.send();
            assertThat(rig.sent()).as("before anything came").isEmpty();
            final ByteArrayOutputStream reads = new ByteArrayOutputStream();
            for (int msn = 1; msn <= StreamRig.READS; msn++) {
                reads.writeBytes(RawPeer.readRequest(msn, rig.target().key(), rig.target().address(), 8));
            }
            assertThat(rig.arrive(reads.toByteArray(), 0, reads.size())).isTrue();
            assertThat(opcodes(rig.sent())).containsExactly(RdmapOpcode.READ_RESPONSE, RdmapOpcode.SEND,
                RdmapOpcode.READ_RESPONSE, RdmapOpcode.SEND, RdmapOpcode.READ_RESPONSE, RdmapOpcode.READ_RESPONSE);
        }
    }

    private static List<Integer> opcodes(final byte[] bytes) {
        final MemorySegment sent = MemorySegment.ofArray(bytes);
        final List<Integer> opcodes = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            opcodes.add(DdpHeader.opcode(sent, at + Fpdu.ULPDU_OFFSET));
            at += Fpdu.totalLength(Fpdu.length(sent, at));
        }
        return opcodes;
    }
}
