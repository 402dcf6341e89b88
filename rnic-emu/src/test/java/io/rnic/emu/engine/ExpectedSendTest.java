package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Before a Send is posted the NIC asks for the line of the completion that it will make: by writing a zero where there
 * is always one. What is written here instead shows whether it did.
 */
class ExpectedSendTest {
    private static final int MARK = 0x5A5A_5A5A;
    private static final int WORD = CompletionLayout.ENTRIES + CompletionLayout.ZERO;

    private final EngineParts nic = new EngineParts();
    private final SharedMemory.Block ring = nic.ring();
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext sender = nic.queuePair(1, blocks);
    private final QueueBlocks peerBlocks = nic.blocks();
    private final QueuePairContext peer = nic.reporting(2, peerBlocks, ring);
    private final HostQueuePair host = nic.host(1, blocks, sender.invokerDoorbell());

    private void connect() {
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, sender, peer);
        EngineParts.ready(sender, peer);
    }

    private boolean asksFor(final Consumer<HostQueuePair> post) {
        Words.putInt(ring.address() + WORD, MARK);
        post.accept(host);
        return Words.getInt(ring.address() + WORD) == 0;
    }

    private static void expect(final HostQueuePair host) {
        host.sends().begin();
        host.sends().expectSend();
        host.sends().end();
    }

    @Test
    void shouldAskForTheLineWhenASendIsToCome() {
        connect();
        assertThat(asksFor(ExpectedSendTest::expect)).isTrue();
    }

    private SendRequest write() {
        return new SendRequest().write(1, nic.region.address() + 64, nic.region.stag())
            .sge(nic.region.address(), 8, nic.region.stag()).signalled(true);
    }

    private SendRequest send() {
        return new SendRequest().send(2).sge(nic.region.address(), 8, nic.region.stag()).signalled(true);
    }

    private void postReceives() {
        final HostQueuePair receiver = nic.host(2, peerBlocks);
        receiver.receives().post(new ReceiveRequest().receive(1).sge(nic.region.address() + 128, 8, nic.region.stag()));
        receiver.receives().post(new ReceiveRequest().receive(2).sge(nic.region.address() + 128, 8, nic.region.stag()));
    }

    @Test
    void shouldNotAskForAWrite() {
        connect();
        assertThat(asksFor(to -> assertThat(to.sends().post(write())).isEqualTo(PostResult.OK))).isFalse();
        assertThat(nic.statuses()).containsExactly(CompletionStatus.SUCCESS);
    }

    @Test
    void shouldAskForASendBehindAWriteOfTheSameList() {
        connect();
        postReceives();
        assertThat(asksFor(to -> to.sends().post(new SendRequest[] {write(), send()}, 2))).isTrue();
        assertThat(nic.statuses()).containsExactly(CompletionStatus.SUCCESS, CompletionStatus.SUCCESS);
    }

    @Test
    void shouldAskForASendThatANicTakesByItself() {
        connect();
        postReceives();
        final HostQueuePair unheard = nic.host(1, blocks);
        assertThat(asksFor(to -> unheard.sends().post(send()))).as("when it is posted").isFalse();
        assertThat(asksFor(to -> nic.engine.process(sender))).as("when it is taken").isTrue();
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
        peer.destroy();
        assertThat(sender.state()).as("nobody has told it yet").isEqualTo(QueuePairState.RTS);
        assertThat(asksFor(ExpectedSendTest::expect)).isFalse();
        nic.engine.destroy(peer);
        assertThat(asksFor(ExpectedSendTest::expect)).isFalse();
    }

    /** The state is in memory that the host writes: by what it says there a peer is not there again. */
    @Test
    void shouldAskForNothingOfAPeerThatIsDestroyedWhateverTheHostSaysOfItsState() {
        connect();
        peer.receiveFlow().noteCarried(true);
        nic.engine.destroy(peer);
        DoorbellLayout.state(blocks.doorbell().address(), QueuePairState.RTS.code());
        assertThat(asksFor(to -> to.sends().post(send()))).isFalse();
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
