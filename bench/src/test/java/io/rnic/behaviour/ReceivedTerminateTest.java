package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.SetUp;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.emu.wire.TerminateHeader;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.Listener;
import io.rnic.verbs.Rnic;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What a peer's Terminate does not tell is not told: a diagnosis invents no request and no address. */
class ReceivedTerminateTest {
    private Side side;
    private Listener listener;

    @BeforeEach
    void open(final Rnic rnic) {
        side = Side.of(rnic);
        listener = rnic.listen(ConnectedPair.anyPort());
    }

    @AfterEach
    void close() {
        listener.close();
        side.close();
    }

    /** A Terminate with the headers of the ULPDU, as far as they belong to it; none of an empty one. */
    private static byte[] terminate(final int code, final byte[] ulpdu) {
        final byte[] bytes = new byte[DdpHeader.UNTAGGED_LENGTH + TerminateHeader.MAX_LENGTH];
        final MemorySegment to = MemorySegment.ofArray(bytes);
        DdpHeader.writeUntagged(to, 0, RdmapOpcode.TERMINATE, true, 0, 1, 0);
        final int length = ulpdu.length == 0 ? TerminateHeader.write(to, DdpHeader.UNTAGGED_LENGTH, code)
            : TerminateHeader.write(
                to, DdpHeader.UNTAGGED_LENGTH, code, MemorySegment.ofArray(ulpdu), 0, ulpdu.length);
        return RawPeer.fpdu(Arrays.copyOf(bytes, DdpHeader.UNTAGGED_LENGTH + length));
    }

    private Diagnosis received(final RawPeer peer, final int code, final byte[] ulpdu) throws IOException {
        peer.send(terminate(code, ulpdu));
        return side.awaitDiagnosis();
    }

    private String name() {
        return "queue pair " + side.queuePair().number() + ": ";
    }

    @OverTcp
    void ofNoHeadersShouldTellNothingThatWasAsked() throws IOException, InterruptedException {
        try (RawPeer peer = RawPeer.connect(listener, side.queuePair())) {
            assertThat(received(peer, TerminateCode.TAGGED_STAG, new byte[0])).hasToString(name()
                + "TERMINATE, the peer sent a Terminate: no such STag; Terminate 1/1/0");
        }
    }

    /** Without a CRC nothing but its length says where it ends. */
    @RnicTest(threading = {"invoker", "dedicated"}, link = "tcp", settings = "mpa.crc=false")
    @Timeout(60)
    void withoutItsLastByteShouldBeNone() throws IOException, InterruptedException {
        final SetUp request =
            SetUp.request(false, false, new EnhancedData(true, false, true, false, 16, 16), new byte[0]);
        try (RawPeer peer = RawPeer.connect(listener.address()).send(RawPeer.frame(request))) {
            Objects.requireNonNull(listener.await(Completions.PATIENCE)).accept(side.queuePair(), new byte[0]);
            peer.expectAccepted();
            final byte[] whole = terminate(TerminateCode.TAGGED_STAG, new byte[0]);
            peer.send(Arrays.copyOf(whole, whole.length - 1));
            peer.endOutput();
            assertThat(side.awaitDiagnosis().terminate()).isZero();
        }
    }

    /** The oldest Read is to blame, but nobody knows what was wrong with it. */
    @OverTcp
    void ofNoHeadersShouldTellOnlyTheReadThatIsUnderWay() throws IOException, InterruptedException {
        try (RawPeer peer = RawPeer.connect(listener, side.queuePair())) {
            side.receive(1, 0, 8);
            peer.send(RawPeer.send(1, new byte[8]));
            assertThat(side.awaitReceive()).succeeded();
            side.read(7, 0, 8, 0x1000, 9);
            peer.readUlpdu();
            assertThat(received(peer, TerminateCode.REMOTE_STAG, new byte[0])).hasToString(name()
                + "RDMA_READ wr_id=7 refused by the peer: STAG, no memory region has this STag; Terminate 0/1/0");
            assertThat(side.awaitSend()).hasWrId(7).hasTerminate(0, 1, 0);
        }
    }

    /** This side made no Write: it answered, and has a Read of its own under way, which is not to blame. */
    @OverTcp
    void ofAnAnswerShouldTellThatItWasOne() throws IOException, InterruptedException {
        try (RawPeer peer = RawPeer.connect(listener, side.queuePair())) {
            peer.send(RawPeer.readRequest(1, side.region().rkey(), side.region().address(), 8));
            final byte[] answer = peer.readUlpdu().toArray(ValueLayout.JAVA_BYTE);
            side.read(7, 0, 8, 0x1000, 9);
            peer.readUlpdu();
            final Diagnosis diagnosis = received(peer, TerminateCode.TAGGED_BOUNDS, answer);
            assertThat(diagnosis.check()).isEqualTo(Check.ANSWER);
            assertThat(diagnosis.operation()).isNull();
            assertThat(diagnosis).hasToString(name() + "refused by the peer: ANSWER, this side's answer to the peer's"
                + " own RDMA Read or atomic; 8 bytes to 0x0 of STag 0x00000001; Terminate 1/1/1");
            assertThat(side.awaitSend()).wasFlushed().hasWrId(7);
        }
    }
}
