package io.rnic.conformance;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.EveryDoor;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;

/** Receive: 41 to 46. */
class ReceiveTest {
    private ConnectedPair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair given) {
        pair = given;
        client = pair.client();
        server = pair.server();
        Refusal.mark(pair);
    }

    @EveryDoor
    void c41_aReceiveThatIsTooSmallIsALengthErrorAndNothingIsPlacedBeyondIt() throws InterruptedException {
        for (final int length : new int[] {10, 1000}) {
            server.receive(5, 100, length);
            client.send(1, 0, length + 1);
            assertThat(server.awaitReceive()).hasWrId(5).hasStatus(CompletionStatus.LOCAL_LENGTH_ERROR)
                .hasTerminate(1, 2, 5);
            server.memory().asSlice(100, length).fill((byte) 0x77);
            Refusal.byTheServer(pair, CompletionStatus.REMOTE_INVALID_REQUEST_ERROR, 1, 2, 5);
            pair.reconnect();
        }
    }

    @EveryDoor
    void c42_aSendWithoutAReceiveEndsTheConnection() {
        client.send(1, 0, 8);
        Refusal.byTheServer(pair, CompletionStatus.REMOTE_INVALID_REQUEST_ERROR, 1, 2, 2);
    }

    @EveryDoor
    void c43_aReceiveIntoABadPieceEndsTheConnection() throws InterruptedException {
        final MemoryRegion gone = server.register(8, Access.LOCAL_WRITE);
        try (MemoryRegion readOnly = server.register(8)) {
            expectBadReceive(new ReceiveRequest().sge(readOnly, 0, 8));
            expectBadReceive(new ReceiveRequest().sge(server.region().address(), 8, server.region().lkey() ^ 1));
            expectBadReceive(new ReceiveRequest().sge(server.region(), Side.REGION_BYTES - 7, 8));
            server.queuePair().postReceive(new ReceiveRequest().receive(9).sge(gone, 0, 8));
            gone.close();
            expectRefused();
            assertThat(readOnly.segment().get(ValueLayout.JAVA_LONG, 0)).isZero();
            assertThat(gone.segment().get(ValueLayout.JAVA_LONG, 0)).isZero();
        }
    }

    private void expectBadReceive(final ReceiveRequest receive) throws InterruptedException {
        server.queuePair().postReceive(receive);
        expectRefused();
    }

    private void expectRefused() throws InterruptedException {
        client.send(1, 0, 8);
        assertThat(server.awaitReceive()).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
        Refusal.byTheServer(pair, CompletionStatus.REMOTE_OPERATION_ERROR, 1, 0, 0);
        pair.reconnect();
    }

    @EveryDoor
    void c44_anEmptySendConsumesOneReceive() {
        server.receive(1, 0, 10);
        server.receive(2, 0, 10);

        client.queuePair().postSend(new SendRequest().send(1));
        client.send(2, 0, 1);

        assertThat(server.awaitReceive()).hasWrId(1).hasOpcode(CompletionOpcode.RECEIVE).hasByteLength(0);
        assertThat(server.awaitReceive()).hasWrId(2).hasOpcode(CompletionOpcode.RECEIVE).hasByteLength(1);
    }

    @EveryDoor
    void c45_emptyPiecesAreSkippedWhateverTheyName() {
        server.queuePair().postReceive(new ReceiveRequest().receive(1)
            .sge(0, 0, 0).sge(server.region(), 500, 10).sge(-1, 0, 0xDEAD).sge(server.region(), 600, 10));
        client.queuePair().postSend(new SendRequest().send(2)
            .sge(-1, 0, 0xDEAD).sge(client.region(), 0, 12).sge(0, 0, 0).sge(client.region(), 12, 3));

        assertThat(server.awaitReceive()).hasByteLength(15);
        assertThat(server.bytes(500, 10)).containsOnly(0x5a);
        assertThat(server.bytes(600, 5)).containsOnly(0x5a);
        assertThat(server.bytes(510, 90)).containsOnly(0x77);
        assertThat(server.bytes(605, 90)).containsOnly(0x77);
    }

    @EveryDoor
    void c46_bytesFillThePiecesInOrderAndTheCompletionGivesTheLength() {
        final byte[] message = new byte[200];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) i;
        }
        client.fill(0, message);
        server.queuePair().postReceive(new ReceiveRequest().receive(1)
            .sge(server.region(), 1000, 30).sge(server.region(), 500, 160).sge(server.region(), 2000, 1000));

        client.queuePair().postSend(new SendRequest().send(2)
            .sge(client.region(), 0, 100).sge(client.region(), 100, 50).sge(client.region(), 150, 50));

        assertThat(server.awaitReceive()).hasByteLength(200);
        assertThat(server.memory().asSlice(1000, 30).mismatch(client.memory().asSlice(0, 30))).isEqualTo(-1);
        assertThat(server.memory().asSlice(500, 160).mismatch(client.memory().asSlice(30, 160))).isEqualTo(-1);
        assertThat(server.memory().asSlice(2000, 10).mismatch(client.memory().asSlice(190, 10))).isEqualTo(-1);
        assertThat(server.bytes(1030, 970)).containsOnly(0x77);
        assertThat(server.bytes(660, 340)).containsOnly(0x77);
        assertThat(server.bytes(2010, 990)).containsOnly(0x77);
    }
}
