package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A peer by TCP that takes nothing for a while, in the middle of what is longer than sockets hold, and then goes on:
 * all arrives, each message whole before the next one begins.
 */
class TcpPauseTest {
    private static final byte[] NOTHING = new byte[0];
    private static final int LONGER = 16 << 20;
    private static final int SENDS = 8;
    private static final int SEND_BYTES = 64;

    private Side side;
    private Listener listener;
    private MemoryRegion region;

    @BeforeEach
    void open(final Rnic rnic) {
        side = Side.of(rnic);
        listener = rnic.listen(ConnectedPair.anyPort());
        region = side.register(LONGER, Access.LOCAL_WRITE, Access.REMOTE_READ);
        for (int i = 0; i < LONGER; i += Integer.BYTES) {
            region.segment().set(ValueLayout.JAVA_INT, i, i);
        }
    }

    @AfterEach
    void close() {
        listener.close();
        side.queuePair().close();
        region.close();
        side.close();
    }

    private RawPeer connect() throws IOException, InterruptedException {
        final RawPeer peer = RawPeer.connect(listener, side.queuePair());
        side.receive(99, 0, SEND_BYTES);
        peer.send(RawPeer.send(1, NOTHING));
        assertThat(side.awaitReceive()).succeeded();
        return peer;
    }

    /** Reads whole messages, checks that nothing comes between their segments, and returns opcode and bytes of each. */
    private List<String> messages(final RawPeer peer, final MemorySegment first, final int count) throws IOException {
        final List<String> all = new ArrayList<>();
        MemorySegment ulpdu = first;
        while (true) {
            long next = read(ulpdu, 0, DdpHeader.opcode(ulpdu, 0));
            final int opcode = DdpHeader.opcode(ulpdu, 0);
            while (!DdpHeader.isLast(ulpdu, 0)) {
                ulpdu = peer.readUlpdu();
                next = read(ulpdu, next, opcode);
            }
            all.add(opcode + ":" + next);
            if (all.size() == count) {
                return all;
            }
            ulpdu = peer.readUlpdu();
        }
    }

    /** Checks a segment that goes on at an offset of its message; returns where the next one does. */
    private long read(final MemorySegment ulpdu, final long offset, final int opcode) {
        assertThat(DdpHeader.opcode(ulpdu, 0)).as("goes on with the message").isEqualTo(opcode);
        final boolean tagged = RdmapOpcode.isTagged(opcode);
        assertThat(tagged ? DdpHeader.taggedOffset(ulpdu, 0) : DdpHeader.messageOffset(ulpdu, 0)).isEqualTo(offset);
        final int header = tagged ? DdpHeader.TAGGED_LENGTH : DdpHeader.UNTAGGED_LENGTH;
        final long length = opcode == RdmapOpcode.READ_REQUEST ? 0 : ulpdu.byteSize() - header;
        if (tagged) {
            assertThat(MemorySegment.mismatch(
                ulpdu, header, header + length, region.segment(), offset, offset + length)).isEqualTo(-1);
        }
        return offset + length;
    }

    @OverTcp
    void inALongAnswerSendsShouldWaitForItsEnd() throws IOException, InterruptedException {
        try (RawPeer peer = connect()) {
            peer.send(RawPeer.readRequest(1, region.rkey(), region.address(), LONGER));
            final MemorySegment first = peer.readUlpdu();
            for (int i = 0; i < SENDS; i++) {
                side.send(i, 0, SEND_BYTES);
            }
            peer.send(RawPeer.readRequest(2, region.rkey(), region.address(), 1000));
            final List<String> messages = messages(peer, first, SENDS + 2);
            assertThat(messages.getFirst()).isEqualTo(RdmapOpcode.READ_RESPONSE + ":" + LONGER);
            assertThat(messages).contains(RdmapOpcode.READ_RESPONSE + ":1000");
            assertThat(messages.stream().filter((RdmapOpcode.SEND + ":" + SEND_BYTES)::equals)).hasSize(SENDS);
            expectAllDone(SENDS);
        }
    }

    @OverTcp
    void inALongWriteAnswersAndOtherRequestsShouldWaitForItsEnd() throws IOException, InterruptedException {
        try (RawPeer peer = connect()) {
            side.queuePair().postSend(new SendRequest().write(0, 0, 7).sge(region, 0, LONGER).signalled(true));
            final MemorySegment first = peer.readUlpdu();
            peer.send(RawPeer.readRequest(1, region.rkey(), region.address(), 1000));
            for (int i = 1; i < SENDS; i++) {
                side.send(i, 0, SEND_BYTES);
            }
            final List<String> messages = messages(peer, first, SENDS + 1);
            assertThat(messages.getFirst()).isEqualTo(RdmapOpcode.WRITE + ":" + LONGER);
            assertThat(messages).contains(RdmapOpcode.READ_RESPONSE + ":1000");
            assertThat(messages.stream().filter((RdmapOpcode.SEND + ":" + SEND_BYTES)::equals)).hasSize(SENDS - 1);
            expectAllDone(SENDS);
        }
    }

    private void expectAllDone(final int count) {
        final List<CompletedRequest> done = Completions.await(side.sends(), count);
        for (int i = 0; i < count; i++) {
            assertThat(done.get(i)).succeeded().hasWrId(i);
        }
        assertThat(Completions.poll(side.sends())).as("no completion twice").isEmpty();
    }
}
