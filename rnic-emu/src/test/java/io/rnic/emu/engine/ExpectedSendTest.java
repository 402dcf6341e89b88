package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Before a Send is posted the NIC asks for the line of the completion that it will make: by writing a zero where there
 * is always one. What is written here instead shows whether it did.
 */
class ExpectedSendTest {
    private static final int MARK = 0x5A5A_5A5A;
    /** Unused bytes of the first entry. */
    private static final int WORD = CompletionLayout.ENTRIES + 20;

    private final EngineParts nic = new EngineParts();
    private final SharedMemory.Block ring = nic.ring();
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext sender = nic.queuePair(1, blocks);
    private final QueuePairContext peer = nic.reporting(2, nic.blocks(), ring);
    private final HostQueuePair host = nic.host(1, blocks, new InvokerDoorbell(nic.engine, sender));

    private void connect() {
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, sender, peer);
        EngineParts.ready(sender, peer);
    }

    private boolean asksFor(final Consumer<HostQueuePair> post) {
        ring.words().putInt(WORD, MARK);
        post.accept(host);
        return ring.words().getInt(WORD) == 0;
    }

    private static void expect(final HostQueuePair host) {
        host.beginSends();
        host.expectSend();
        host.endSends();
    }

    @Test
    void shouldAskForTheLineWhenASendIsToCome() {
        connect();
        assertThat(asksFor(ExpectedSendTest::expect)).isTrue();
        nic.memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        assertThat(asksFor(to -> to.post(new SendRequest().write(1, nic.region.address() + 64, nic.region.stag())
            .sge(nic.region.address(), 8, nic.region.stag())))).as("by a Write").isFalse();
    }

    @Test
    void shouldAskForNothingOfNobody() {
        assertThat(asksFor(ExpectedSendTest::expect)).isFalse();
    }

    @Test
    void shouldAskForNothingWhenTheConnectionHasEnded() {
        connect();
        nic.engine.error(peer);
        assertThat(asksFor(ExpectedSendTest::expect)).isFalse();
    }

    @Test
    void shouldAskForNothingOfAPeerWhoseMemoryMayBeGone() {
        connect();
        nic.engine.destroy(peer);
        assertThat(asksFor(ExpectedSendTest::expect)).isFalse();
    }

    @Test
    void shouldAskForNothingAfterItIsReset() {
        connect();
        sender.moveToReset();
        assertThat(asksFor(ExpectedSendTest::expect)).isFalse();
        assertThat(peer.state()).isEqualTo(QueuePairState.RTS);
    }

    @Test
    void shouldAskForNothingAfterItIsClosed() {
        connect();
        host.close();
        assertThat(asksFor(ExpectedSendTest::expect)).isFalse();
    }
}
