package io.rnic.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.RawPeer;
import io.rnic.emu.link.TcpStream;
import io.rnic.emu.wire.RdmapOpcode;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that goes on with what it has begun by a byte now and then is dropped; time passes as the test says. */
class SlowPeerTest {
    private static final int TIMEOUT_MS = 1000;
    private static final int PAYLOAD_BYTES = 60;

    private StreamRig rig;

    @BeforeEach
    void connect() {
        rig = connected(false);
        arrive(RawPeer.tagged(RdmapOpcode.WRITE, 0, 0, true, new byte[0]));
    }

    private static StreamRig connected(final boolean crc) {
        return new StreamRig(new TcpStream.Agreement(crc, false, false, true, TIMEOUT_MS));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void arrive(final byte[] bytes) {
        rig.arrive(bytes, 0, bytes.length);
    }

    private void expectDropped() {
        assertThat(rig.isOpen()).as("the connection").isFalse();
        rig.end();
        rig.checkCompletions();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aByteInEachTimeoutShouldNotKeepAnFpduBegun(final boolean crc) {
        rig.close();
        rig = connected(crc);
        rig.receive();
        final byte[] send = RawPeer.send(1, new byte[PAYLOAD_BYTES]);
        arrive(Arrays.copyOf(send, send.length / 2));
        for (int at = send.length / 2; at < send.length / 2 + 4; at++) {
            rig.pass(TIMEOUT_MS - 1);
            rig.arrive(send, at, 1);
        }
        expectDropped();
    }

    /** Whatever is begun: a Send that has taken a receive, a Write. */
    @ParameterizedTest
    @ValueSource(ints = {RdmapOpcode.SEND, RdmapOpcode.WRITE})
    void aMessageThatIsNotGoneOnWithShouldEndTheConnection(final int opcode) {
        rig.receive();
        arrive(opcode == RdmapOpcode.SEND ? RawPeer.untagged(opcode, 1, 0, false, new byte[8])
            : RawPeer.tagged(opcode, rig.target().key(), rig.target().address(), false, new byte[8]));
        rig.pass(TIMEOUT_MS);
        assertThat(rig.isOpen()).isTrue();
        rig.pass(TIMEOUT_MS);
        expectDropped();
    }

    @Test
    void aReadThatIsNotAnsweredShouldEndTheConnection() {
        rig.read();
        rig.pass(TIMEOUT_MS);
        assertThat(rig.isOpen()).isTrue();
        rig.pass(TIMEOUT_MS);
        expectDropped();
    }

    @Test
    void anAtomicThatIsNotAnsweredShouldEndTheConnection() {
        rig.atomic();
        rig.pass(TIMEOUT_MS);
        assertThat(rig.isOpen()).isTrue();
        rig.pass(TIMEOUT_MS);
        expectDropped();
    }

    /** Each is answered before the second look that sees it. */
    @Test
    void answersShouldKeepTheConnection() {
        final Traffic.Target target = rig.target();
        for (int i = 0; i < 4; i++) {
            rig.read();
            rig.pass(TIMEOUT_MS - 1);
            arrive(RawPeer.tagged(RdmapOpcode.READ_RESPONSE, target.sinkKey(),
                target.sinkAddress() + (long) i * target.sinkLength(), true, new byte[target.sinkLength()]));
        }
        assertThat(rig.isOpen()).isTrue();
        rig.end();
        rig.checkCompletions();
    }

    /** A byte in each millisecond, in the middle of a Write that is longer than all the time-outs. */
    @Test
    void whoIsJustFastEnoughShouldStay() {
        final byte[] segment =
            RawPeer.tagged(RdmapOpcode.WRITE, rig.target().key(), rig.target().address(), false, new byte[500]);
        for (int i = 0; i < 10; i++) {
            arrive(segment);
            rig.pass(TIMEOUT_MS / 2);
        }
        assertThat(rig.isOpen()).isTrue();
        rig.end();
        rig.checkCompletions();
    }

    @Test
    void whoIsIdleBetweenMessagesShouldStay() {
        for (int i = 1; i <= StreamRig.MAX_EACH; i++) {
            rig.receive();
            final byte[] send = RawPeer.send(i, new byte[PAYLOAD_BYTES]);
            rig.arrive(send, 0, send.length / 2);
            rig.pass(TIMEOUT_MS - 1);
            rig.arrive(send, send.length / 2, send.length - send.length / 2);
            rig.pass(TIMEOUT_MS);
            rig.pass(10 * TIMEOUT_MS);
        }
        assertThat(rig.isOpen()).isTrue();
        rig.end();
        rig.checkCompletions();
    }
}
