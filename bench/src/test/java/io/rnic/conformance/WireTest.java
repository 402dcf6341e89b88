package io.rnic.conformance;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.OverTcp;
import io.rnic.behaviour.RawPeer;
import io.rnic.emu.wire.AtomicResponseHeader;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.emu.wire.TerminateHeader;
import io.rnic.testing.Await;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What a peer may not send, over TCP because on loopback nothing is sent: 69 to 71. */
class WireTest {
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] MESSAGE = {1, 2, 3, 4, 5, 6, 7, 8};

    private Side side;
    private Listener listener;

    @BeforeEach
    void open(final Rnic rnic) {
        side = Side.of(rnic);
        side.memory().fill((byte) 0x77);
        listener = rnic.listen(ConnectedPair.anyPort());
    }

    @AfterEach
    void close() {
        listener.close();
        side.close();
    }

    private RawPeer connect(final QueuePair queuePair) throws IOException, InterruptedException {
        return RawPeer.connect(listener, queuePair);
    }

    /** The bytes are answered by that Terminate and the end; nothing is placed, the receive is flushed, once. */
    private void expectTerminate(final int layer, final int errorType, final int errorCode, final byte[]... bytes)
        throws IOException, InterruptedException {
        final int terminate = 0x10000 | layer << 12 | errorType << 8 | errorCode;
        side.receive(1, 0, 64);
        try (RawPeer peer = connect(side.queuePair())) {
            peer.send(bytes);
            assertThat(peer.readTerminate()).isEqualTo(terminate);
            peer.expectEnd();
        }
        assertThat(side.awaitDiagnosis().terminate()).as("%s", side.queuePair().diagnosis()).isEqualTo(terminate);
        assertThat(side.awaitReceive()).wasFlushed().hasWrId(1);
        assertThat(Completions.poll(side.receives())).isEmpty();
        assertThat(side.bytes(0, Side.REGION_BYTES)).containsOnly(0x77);
        side.queuePair().modify(QueuePairState.RESET);
        side.queuePair().modify(QueuePairState.INIT);
    }

    private byte[] write() {
        return RawPeer.tagged(RdmapOpcode.WRITE, side.region().rkey(), side.region().address(), true, MESSAGE);
    }

    @OverTcp
    void c69_aBadCrcEndsTheConnection() throws IOException, InterruptedException {
        for (final byte[] fpdu : new byte[][] {RawPeer.send(1, MESSAGE), write()}) {
            for (final int offset : new int[] {2, fpdu.length - 6, fpdu.length - 1}) {
                final byte[] bad = fpdu.clone();
                bad[offset] ^= 1;
                expectTerminate(2, 0, 2, bad);
            }
        }
    }

    @OverTcp
    void c69_anotherVersionOfDdpEndsTheConnection() throws IOException, InterruptedException {
        for (final int version : new int[] {0, 2, 3}) {
            expectTerminate(1, 1, 4, RawPeer.changed(write(), 0, 0xC0 | version));
            expectTerminate(1, 2, 6, RawPeer.changed(RawPeer.send(1, MESSAGE), 0, 0x40 | version));
        }
    }

    @OverTcp
    void c69_anotherVersionOfRdmapEndsTheConnection() throws IOException, InterruptedException {
        for (final int version : new int[] {0, 2, 3}) {
            expectTerminate(0, 2, 5, RawPeer.changed(RawPeer.send(1, MESSAGE), 1, version << 6 | RdmapOpcode.SEND));
            expectTerminate(0, 2, 5, RawPeer.changed(write(), 1, version << 6 | RdmapOpcode.WRITE));
        }
    }

    @OverTcp
    void c69_anOpcodeThatNobodyKnowsOrThatCannotStandThereEndsTheConnection()
        throws IOException, InterruptedException {
        for (final int opcode : new int[] {12, 15, RdmapOpcode.WRITE}) {
            expectTerminate(0, 2, 6, RawPeer.changed(RawPeer.send(1, MESSAGE), 1, 0x40 | opcode));
        }
        expectTerminate(0, 2, 6, RawPeer.changed(write(), 1, 0x40 | RdmapOpcode.SEND));
    }

    @OverTcp
    void c70_aMessageOutOfOrderEndsTheConnection() throws IOException, InterruptedException {
        for (final int msn : new int[] {0, 2, -1}) {
            expectTerminate(1, 2, 3, RawPeer.send(msn, MESSAGE));
            expectTerminate(1, 2, 3,
                RawPeer.readRequest(msn, side.region().rkey(), side.region().address(), 8));
        }
    }

    /** Those of the queues 2 and 3: a Terminate, and what answers an atomic. */
    @OverTcp
    void c70_aTerminateOrAnAtomicResponseOutOfOrderEndsTheConnection() throws IOException, InterruptedException {
        for (final int msn : new int[] {0, 2, -1}) {
            expectTerminate(1, 2, 3, terminate(msn));
            expectTerminate(1, 2, 3, RawPeer.untagged(
                RdmapOpcode.ATOMIC_RESPONSE, msn, 0, true, new byte[AtomicResponseHeader.LENGTH]));
        }
    }

    private static byte[] terminate(final int msn) {
        final byte[] header = new byte[TerminateHeader.CONTROL_LENGTH];
        TerminateHeader.write(MemorySegment.ofArray(header), 0, TerminateCode.STREAM_CATASTROPHIC);
        return RawPeer.untagged(RdmapOpcode.TERMINATE, msn, 0, true, header);
    }

    @OverTcp
    void c70_anAnswerToNothingEndsTheConnection() throws IOException, InterruptedException {
        expectTerminate(1, 0, 0, readResponse(0, true, MESSAGE));
        expectTerminate(1, 0, 0, readResponse(0, true, NOTHING));
        expectTerminate(1, 0, 0,
            RawPeer.untagged(RdmapOpcode.ATOMIC_RESPONSE, 1, 0, true, new byte[AtomicResponseHeader.LENGTH]));
    }

    private byte[] readResponse(final long offset, final boolean last, final byte[] payload) {
        return RawPeer.tagged(
            RdmapOpcode.READ_RESPONSE, side.region().lkey(), side.region().address() + offset, last, payload);
    }

    @OverTcp
    void c70_aWriteToNoStagOrOutsideEndsTheConnection() throws IOException, InterruptedException {
        final int rkey = side.region().rkey();
        final long end = side.region().address() + Side.REGION_BYTES;
        expectTerminate(1, 1, 0, RawPeer.tagged(RdmapOpcode.WRITE, rkey ^ 1, side.region().address(), true, MESSAGE));
        expectTerminate(1, 1, 1, RawPeer.tagged(RdmapOpcode.WRITE, rkey, end - MESSAGE.length + 1, true, MESSAGE));
        expectTerminate(1, 1, 1, RawPeer.tagged(RdmapOpcode.WRITE, rkey, end, true, MESSAGE));
    }

    /** A Read of 16 bytes is outstanding. */
    @OverTcp
    void c70_anAnswerToSomethingElseEndsTheConnection() throws IOException, InterruptedException {
        final int lkey = side.region().lkey();
        final long sink = side.region().address();
        final byte[] longer = new byte[17];
        expectAnswerRefused(0, RawPeer.tagged(RdmapOpcode.READ_RESPONSE, lkey ^ 1, sink, false, MESSAGE));
        expectAnswerRefused(1, readResponse(1, false, MESSAGE));
        expectAnswerRefused(1, readResponse(-1, false, MESSAGE));
        expectAnswerRefused(1, readResponse(0, true, longer));
        expectAnswerRefused(1, readResponse(0, true, MESSAGE)); // says that it is all
        expectAnswerRefused(1, readResponse(0, false, new byte[16])); // says that there is more
    }

    private void expectAnswerRefused(final int errorCode, final byte[] answer)
        throws IOException, InterruptedException {
        final int terminate = 0x11100 | errorCode;
        side.receive(1, 64, 8);
        try (RawPeer peer = connect(side.queuePair())) {
            peer.send(RawPeer.send(1, NOTHING)); // who was asked may send then
            assertThat(side.awaitReceive()).succeeded();
            side.read(2, 0, 16, 0x1000, 7);
            peer.readUlpdu();
            peer.send(answer);
            assertThat(peer.readTerminate()).isEqualTo(terminate);
            peer.expectEnd();
        }
        assertThat(side.awaitDiagnosis().terminate()).isEqualTo(terminate);
        assertThat(side.awaitSend()).wasFlushed().hasWrId(2);
        assertThat(side.bytes(0, Side.REGION_BYTES)).containsOnly(0x77);
        side.queuePair().modify(QueuePairState.RESET);
        side.queuePair().modify(QueuePairState.INIT);
    }

    @OverTcp
    void c70_aMessageThatComesTwiceIsPlacedOnce() throws IOException, InterruptedException {
        side.receive(1, 0, 64);
        side.receive(2, 64, 64);
        try (RawPeer peer = connect(side.queuePair())) {
            peer.send(RawPeer.send(1, MESSAGE), RawPeer.send(1, MESSAGE));
            assertThat(peer.readTerminate()).isEqualTo(0x11203);
        }
        assertThat(side.awaitReceive()).succeeded().hasWrId(1).hasByteLength(MESSAGE.length);
        assertThat(side.awaitReceive()).wasFlushed().hasWrId(2);
        assertThat(side.bytes(0, MESSAGE.length)).isEqualTo(MESSAGE);
        assertThat(side.bytes(64, 64)).containsOnly(0x77);
    }

    @OverTcp
    void c70_aMessageOffsetThatIsNotWhereTheMessageIsEndsTheConnection() throws IOException, InterruptedException {
        expectTerminate(1, 2, 4, RawPeer.untagged(RdmapOpcode.SEND, 1, 4, true, MESSAGE));
        expectTerminate(1, 2, 4, RawPeer.untagged(RdmapOpcode.SEND, 1, -1, true, MESSAGE));
        expectTerminate(1, 2, 4, RawPeer.untagged(RdmapOpcode.SEND, 1, 0, false, NOTHING),
            RawPeer.untagged(RdmapOpcode.SEND, 1, 1, true, MESSAGE));
    }

    /** A message has one opcode (RFC 5040): no other Send, nor immediate data, may go on with a Send. */
    @OverTcp
    void c70_anotherOpcodeWithinAMessageEndsTheConnection() throws IOException, InterruptedException {
        for (int first = RdmapOpcode.SEND; first <= RdmapOpcode.SEND_SOLICITED_INVALIDATE; first++) {
            for (int then = RdmapOpcode.SEND; then <= RdmapOpcode.SEND_SOLICITED_INVALIDATE; then++) {
                if (first != then) {
                    expectTerminate(1, 2, 3, RawPeer.untagged(first, 1, 0, false, NOTHING),
                        RawPeer.untagged(then, 1, 0, true, MESSAGE));
                    expectTerminate(1, 2, 3, RawPeer.untagged(first, 1, 0, false, NOTHING),
                        RawPeer.untagged(then, 1, 0, false, NOTHING));
                }
            }
            expectTerminate(1, 2, 3, RawPeer.untagged(first, 1, 0, false, NOTHING),
                RawPeer.untagged(RdmapOpcode.IMMEDIATE, 1, 0, true, MESSAGE));
        }
    }

    /** The STag of the last segment would be invalidated, the region's bytes are there already. */
    @OverTcp
    void c70_aSendThatBecomesOneWithInvalidateInvalidatesNothing() throws IOException, InterruptedException {
        side.receive(1, 0, 64);
        try (MemoryRegion open = side.register(64, Access.LOCAL_WRITE, Access.REMOTE_WRITE);
            RawPeer peer = connect(side.queuePair())) {
            final byte[] ulpdu = new byte[DdpHeader.UNTAGGED_LENGTH + 1];
            DdpHeader.writeUntagged(MemorySegment.ofArray(ulpdu), 0, RdmapOpcode.SEND_INVALIDATE, true, open.rkey(), 1,
                MESSAGE.length);
            peer.send(RawPeer.untagged(RdmapOpcode.SEND, 1, 0, false, MESSAGE), RawPeer.fpdu(ulpdu));
            assertThat(peer.readTerminate()).isEqualTo(TerminateCode.MSN_RANGE);
            assertThat(side.awaitReceive()).wasFlushed().hasWrId(1);
            side.queuePair().modify(QueuePairState.RESET);
            side.queuePair().modify(QueuePairState.INIT);
            side.receive(2, 0, 64);
            try (RawPeer next = connect(side.queuePair())) {
                next.send(RawPeer.tagged(RdmapOpcode.WRITE, open.rkey(), open.address(), true, MESSAGE),
                    RawPeer.send(1, MESSAGE));
                assertThat(side.awaitReceive()).succeeded().hasWrId(2);
            }
        }
    }

    @OverTcp
    void c70_aQueueThatIsNotThereOrNotForTheMessageEndsTheConnection() throws IOException, InterruptedException {
        for (final int queue : new int[] {1, 2, 3, 4, 0xFF}) {
            expectTerminate(1, 2, 1,
                RawPeer.changed(RawPeer.send(1, MESSAGE), DdpHeader.QUEUE_NUMBER_OFFSET + 3, queue));
        }
    }

    @OverTcp
    void c71_aReadWhereNoneIsAgreedOnEndsTheConnection() throws IOException, InterruptedException {
        side.queuePair().modify(QueuePairChange.reads(16, 0));
        expectTerminate(0, 2, 7, RawPeer.readRequest(1, side.region().rkey(), side.region().address(), 8));
    }

    /** The first Read is so long that its answer does not leave while nobody takes it. */
    @OverTcp
    void c71_moreReadsThanAgreedOnEndTheConnection() throws IOException, InterruptedException {
        final int longer = 32 << 20;
        try (MemoryRegion region = side.register(longer, Access.LOCAL_WRITE, Access.REMOTE_READ);
            QueuePair answering = side.domain().createQueuePair(
                QueuePairOptions.of(side.sends(), side.receives()).withReads(1, 1));
            RawPeer peer = connect(answering)) {
            peer.send(RawPeer.readRequest(1, region.rkey(), region.address(), longer));
            peer.send(RawPeer.readRequest(2, region.rkey(), region.address(), 8));
            assertThat(Await.diagnosis(answering).terminate()).as("before any of the answer is taken")
                .isEqualTo(0x10207);
            assertThat(peer.readTerminate()).isEqualTo(0x10207);
        }
    }
}
