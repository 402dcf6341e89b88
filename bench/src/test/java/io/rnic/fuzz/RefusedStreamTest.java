package io.rnic.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.RawPeer;
import io.rnic.emu.link.TcpStream;
import io.rnic.emu.wire.AtomicRequestHeader;
import io.rnic.emu.wire.AtomicResponseHeader;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.emu.wire.TerminateHeader;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a stream is refused for, without CRCs: there bytes are placed as they come. */
class RefusedStreamTest {
    private static final int TIMEOUT_MS = 3_600_000;

    private StreamRig rig;

    @BeforeEach
    void connect() {
        rig = new StreamRig(new TcpStream.Agreement(false, false, false, true, TIMEOUT_MS));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private boolean arrive(final byte[] bytes) {
        return rig.arrive(bytes, 0, bytes.length);
    }

    /** What the Terminate says that was sent last. */
    private int terminate() {
        final MemorySegment sent = MemorySegment.ofArray(rig.sent());
        int at = 0;
        int next = 0;
        while (next < sent.byteSize()) {
            at = next;
            next += Fpdu.totalLength(Fpdu.length(sent, at));
        }
        assertThat(DdpHeader.opcode(sent, at + Fpdu.ULPDU_OFFSET)).isEqualTo(RdmapOpcode.TERMINATE);
        return TerminateHeader.terminateCode(sent, at + Fpdu.ULPDU_OFFSET + DdpHeader.UNTAGGED_LENGTH);
    }

    @Test
    void ofAWriteWhoseEndIsOutsideNothingShouldBePlaced() {
        for (int split = 1; split < writeOutside().length; split++) {
            final byte[] write = writeOutside();
            final byte[] before = rig.memory();
            final boolean there = rig.arrive(write, 0, split) && rig.arrive(write, split, write.length - split);
            assertThat(there).as("split at %s", split).isFalse();
            assertThat(rig.memory()).isEqualTo(before);
            assertThat(terminate()).isEqualTo(TerminateCode.TAGGED_BOUNDS);
            close();
            connect();
        }
    }

    private byte[] writeOutside() {
        final Traffic.Target target = rig.target();
        return RawPeer.tagged(
            RdmapOpcode.WRITE, target.key(), target.address() + target.length() - 200, true, new byte[201]);
    }

    private byte[] atomics(final int count) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int msn = 1; msn <= count; msn++) {
            final byte[] header = new byte[AtomicRequestHeader.LENGTH];
            AtomicRequestHeader.writeFetchAdd(
                MemorySegment.ofArray(header), 0, msn, rig.target().key(), rig.target().address(), 1);
            all.writeBytes(RawPeer.untagged(RdmapOpcode.ATOMIC_REQUEST, msn, 0, true, header));
        }
        return all.toByteArray();
    }

    /** They come in one piece, so none is answered before the last is there. */
    @Test
    void moreAtomicsAtATimeThanAgreedOnShouldEndTheConnection() {
        assertThat(arrive(atomics(StreamRig.READS))).isTrue();
        close();
        connect();
        assertThat(arrive(atomics(StreamRig.READS + 1))).isFalse();
        assertThat(terminate()).isEqualTo(TerminateCode.STREAM_CATASTROPHIC);
    }

    @Test
    void theAnswerToAnotherAtomicShouldEndTheConnection() {
        rig.atomic();
        final byte[] before = rig.memory();
        final byte[] header = new byte[AtomicResponseHeader.LENGTH];
        AtomicResponseHeader.write(MemorySegment.ofArray(header), 0, 2, 42);
        assertThat(arrive(RawPeer.untagged(RdmapOpcode.ATOMIC_RESPONSE, 1, 0, true, header))).isFalse();
        assertThat(terminate()).isEqualTo(TerminateCode.DDP_LOCAL_CATASTROPHIC);
        assertThat(rig.memory()).isEqualTo(before);
    }

    /** The Sends' queue counts both, so what comes between the segments of one is not in turn (RFC 7306 §6). */
    @Test
    void immediateDataInTheMiddleOfASendShouldEndTheConnection() {
        rig.receive();
        rig.receive();
        assertThat(arrive(RawPeer.untagged(RdmapOpcode.SEND, 1, 0, false, new byte[8]))).isTrue();
        assertThat(arrive(RawPeer.untagged(RdmapOpcode.IMMEDIATE, 1, 0, true, new byte[8]))).isFalse();
        assertThat(terminate()).isEqualTo(TerminateCode.MSN_RANGE);
        rig.end();
        rig.checkCompletions();
    }

    /** Both come in one piece, and are answered in one go. */
    @Test
    void whatWasAskedBeforeARefusedReadShouldBeAnswered() {
        final Traffic.Target target = rig.target();
        final ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(RawPeer.readRequest(1, target.key(), target.address(), 8));
        both.writeBytes(RawPeer.readRequest(2, target.key() ^ 1, target.address(), 8));
        assertThat(arrive(both.toByteArray())).isFalse();
        assertThat(DdpHeader.opcode(MemorySegment.ofArray(rig.sent()), Fpdu.ULPDU_OFFSET))
            .isEqualTo(RdmapOpcode.READ_RESPONSE);
        assertThat(terminate()).isEqualTo(TerminateCode.REMOTE_STAG);
    }

    /** A Read is of 2^31 - 1 bytes at most here, and that of a region too. */
    @Test
    void aReadOfMoreBytesThanAnyMessageHasShouldEndTheConnection() {
        assertThat(arrive(RawPeer.readRequest(1, rig.target().key(), rig.target().address(), -1))).isFalse();
        assertThat(terminate()).isEqualTo(TerminateCode.REMOTE_BOUNDS);
    }
}
