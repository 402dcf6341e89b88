package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.SetUp;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What is agreed on with a peer that asks for a connection of peers, and with what it begins: RFC 6581 §7 and §9. */
class TcpBeginningTest {
    private static final byte[] NOTHING = new byte[0];
    private static final EnhancedData WRITE = new EnhancedData(true, false, true, false, 16, 16);
    private static final EnhancedData READ = new EnhancedData(true, false, false, true, 16, 16);
    private static final EnhancedData SEND = new EnhancedData(true, true, false, false, 16, 16);

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

    /** It is told one of the messages that it can begin with, and begins with that; then this side may send. */
    private void expectBeginning(final EnhancedData offered, final EnhancedData chosen, final byte[] first)
        throws IOException, InterruptedException {
        try (RawPeer peer = RawPeer.connect(listener.address())) {
            peer.send(RawPeer.frame(SetUp.request(false, true, offered, NOTHING)));
            Objects.requireNonNull(listener.await(Completions.PATIENCE)).accept(side.queuePair(), NOTHING);
            assertThat(peer.expectAccepted().enhanced()).isEqualTo(chosen);
            side.receive(1, 0, 64);
            side.send(2, 0, 8);
            peer.send(first);
            var ulpdu = peer.readUlpdu();
            if (DdpHeader.opcode(ulpdu, 0) == RdmapOpcode.READ_RESPONSE) {
                ulpdu = peer.readUlpdu();
            }
            assertThat(DdpHeader.opcode(ulpdu, 0)).isEqualTo(RdmapOpcode.SEND);
            assertThat(side.awaitSend()).succeeded().hasWrId(2);
        }
        side.awaitState(QueuePairState.ERROR);
        side.queuePair().modify(QueuePairState.RESET);
        side.queuePair().modify(QueuePairState.INIT);
        Completions.poll(side.receives());
    }

    /** Also where that is no power of two: before the rest of the Reads it gets the answer to one of its own. */
    @OverTcp
    void itShouldGetNoMoreReadsAtATimeThanItAnswers() throws IOException, InterruptedException {
        try (RawPeer peer = RawPeer.connect(listener.address())) {
            peer.send(RawPeer.frame(
                SetUp.request(false, true, new EnhancedData(true, false, true, false, 3, 16), NOTHING)));
            Objects.requireNonNull(listener.await(Completions.PATIENCE)).accept(side.queuePair(), NOTHING);
            peer.expectAccepted();
            for (int i = 0; i < 5; i++) {
                side.read(i, 8L * i, 8, 0x1000, 7);
            }
            peer.send(RawPeer.tagged(RdmapOpcode.WRITE, 0, 0, true, NOTHING));
            for (int i = 0; i < 3; i++) {
                assertThat(DdpHeader.opcode(peer.readUlpdu(), 0)).isEqualTo(RdmapOpcode.READ_REQUEST);
            }
            peer.send(RawPeer.readRequest(1, side.region().rkey(), side.region().address(), 8));
            assertThat(DdpHeader.opcode(peer.readUlpdu(), 0)).isEqualTo(RdmapOpcode.READ_RESPONSE);
            peer.send(RawPeer.tagged(
                RdmapOpcode.READ_RESPONSE, side.region().lkey(), side.region().address(), true, new byte[8]));
            assertThat(DdpHeader.opcode(peer.readUlpdu(), 0)).isEqualTo(RdmapOpcode.READ_REQUEST);
            assertThat(side.awaitSend()).succeeded().hasWrId(0);
        }
        assertThat(Completions.await(side.sends(), 4)).allSatisfy(one -> assertThat(one).wasFlushed());
    }

    @OverTcp
    void itShouldBeToldOneOfThoseThatItOffers() throws IOException, InterruptedException {
        final byte[] write = RawPeer.tagged(RdmapOpcode.WRITE, 0, 0, true, NOTHING);
        final byte[] read = RawPeer.readRequest(1, 0, 0, 0);
        expectBeginning(WRITE, WRITE, write);
        expectBeginning(READ, READ, read);
        expectBeginning(SEND, SEND, RawPeer.send(1, NOTHING));
        expectBeginning(new EnhancedData(true, true, true, true, 16, 16), WRITE, write);
        expectBeginning(new EnhancedData(true, true, false, true, 16, 16), READ, read);
        expectBeginning(new EnhancedData(true, false, false, false, 16, 16), WRITE, write);
        expectBeginning(new EnhancedData(true, false, false, true, 16, 0), // one answer is for the beginning
            new EnhancedData(true, false, false, true, 1, 16), read);
    }
}
