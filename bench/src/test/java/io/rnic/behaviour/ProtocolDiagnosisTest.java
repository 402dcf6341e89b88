package io.rnic.behaviour;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What breaks the protocol is told in words: which check it was. */
class ProtocolDiagnosisTest {
    private static final byte[] MESSAGE = "hello, iWARP".getBytes(UTF_8);

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

    private void expect(final byte[] sent, final String words) throws IOException, InterruptedException {
        side.receive(1, 0, 64);
        try (RawPeer peer = RawPeer.connect(listener, side.queuePair()).send(sent)) {
            assertThat(side.awaitDiagnosis()).hasToString("queue pair " + side.queuePair().number()
                + ": RECEIVE: PROTOCOL, what the peer sent breaks the protocol: " + words);
            peer.readTerminate();
        }
        side.awaitReceive();
        side.queuePair().modify(QueuePairState.RESET);
        side.queuePair().modify(QueuePairState.INIT);
    }

    @OverTcp
    void shouldTellWhichCheckItWas() throws IOException, InterruptedException {
        final byte[] send = RawPeer.send(1, MESSAGE);
        final byte[] badCrc = send.clone();
        badCrc[badCrc.length - 1] ^= 1;
        expect(badCrc, "a CRC that is not that of the bytes; Terminate 2/0/2");
        expect(RawPeer.fpdu(new byte[3]), "a length that cannot be, or that the markers contradict; Terminate 2/0/3");
        expect(RawPeer.changed(send, 0, 0x42), "another version of DDP; Terminate 1/2/6");
        expect(RawPeer.changed(send, 1, 0x40 | 15), "an opcode that there is not, or not there; Terminate 0/2/6");
        expect(RawPeer.changed(send, 1, 0xC0 | RdmapOpcode.SEND), "another version of RDMAP; Terminate 0/2/5");
        expect(RawPeer.send(9, MESSAGE), "an MSN that is not the next one; Terminate 1/2/3");
    }
}
