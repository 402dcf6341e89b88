package io.rnic.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.RawPeer;
import io.rnic.emu.link.Budget;
import io.rnic.emu.link.TcpStream;
import io.rnic.emu.wire.Fpdu;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.emu.wire.WireText;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where there is no memory for what a connection keeps for its peer, that connection ends, and no other. */
class NoMemoryTest {
    private static final int TIMEOUT_MS = 1000;
    private static final byte[] SEND = RawPeer.send(1, new byte[60]);

    private StreamRig rig;
    private long taken;

    @BeforeEach
    void connect() {
        rig = new StreamRig(new TcpStream.Agreement(true, false, false, true, TIMEOUT_MS));
        rig.receive();
    }

    @AfterEach
    void close() {
        Budget.ALL.giveBack(taken);
        rig.close();
    }

    /** Others have all but so many bytes of what all may have. */
    private void leave(final int bytes) {
        taken = Budget.ALL.left() - bytes;
        assertThat(Budget.ALL.take(taken)).isTrue();
    }

    private void expectEnd() {
        rig.end();
        rig.checkCompletions();
        rig.pass(TIMEOUT_MS);
        assertThat(rig.isOpen()).as("the connection").isFalse();
    }

    @Test
    void aSplitFpduThatThereIsNoRoomForShouldEndItsConnection() {
        leave(1000);
        assertThat(rig.arrive(SEND, 0, SEND.length / 2)).isFalse();
        final byte[] sent = rig.sent();
        final MemorySegment frame = MemorySegment.ofArray(sent);
        assertThat(sent).hasSize(Fpdu.totalLength(Fpdu.length(frame, 0)));
        assertThat(WireText.fpdu(frame, 0, sent.length)).contains(RdmapOpcode.name(RdmapOpcode.TERMINATE))
            .contains(TerminateCode.text(TerminateCode.MPA_LOCAL));
        expectEnd();
    }

    @Test
    void whatCannotWaitForThePeerShouldEndItsConnection() {
        leave(10);
        rig.send();
        expectEnd();
        assertThat(rig.sent()).isEmpty();
    }

    @Test
    void noMemoryForWhatIsSentShouldEndItsConnectionToo() {
        rig.loseMemory();
        rig.send();
        expectEnd();
        assertThat(rig.sent()).isEmpty();
    }

    /** All that a connection takes it gives back; others of this JVM may do so meanwhile. */
    @Test
    void nothingShouldBeKept() {
        final long before = Budget.ALL.left();
        rig.arrive(SEND, 0, SEND.length / 2);
        rig.send();
        rig.end();
        rig.checkCompletions();
        assertThat(Budget.ALL.left()).as("after an end in the middle").isGreaterThanOrEqualTo(before);
        rig.close();
        connect();
        rig.arrive(SEND, 0, SEND.length / 2);
        rig.arrive(SEND, SEND.length / 2, SEND.length - SEND.length / 2);
        rig.send();
        rig.pass(1);
        assertThat(Budget.ALL.left()).as("after messages each way").isGreaterThanOrEqualTo(before);
    }
}
