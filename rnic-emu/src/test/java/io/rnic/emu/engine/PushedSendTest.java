package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.HostRegion;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.SendQueue;
import io.rnic.verbs.Access;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Short Sends that are given to the NIC with the ring itself; as {@link PushTest}. */
class PushedSendTest {
    private static final byte RUBBISH = (byte) 0xA5;
    private static final int LENGTH = 32;

    private final EngineParts nic = new EngineParts();
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext sender = nic.queuePair(1, blocks);
    private final QueueBlocks peerBlocks = nic.blocks();
    private final QueuePairContext peer = nic.queuePair(2, peerBlocks);
    private final SendQueue sends = nic.host(1, blocks, sender.invokerDoorbell()).sends();
    private final HostQueuePair receiver = nic.host(2, peerBlocks);
    /** Nobody else reaches it: its messages may come in completions. */
    private final MemorySegment inbox = Arena.ofAuto().allocate(64, 64);
    private final MemoryEntry local =
        nic.stags.add(inbox, EngineParts.DOMAIN, Access.LOCAL_WRITE.bit(), true);

    /** The first Send goes by its slot, for it is not known yet whether completions can carry what comes. */
    @BeforeEach
    void connect() {
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, sender, peer);
        EngineParts.ready(sender, peer);
        blocks.send().segment().fill(RUBBISH);
        expectDelivered(0);
        assertThat(areSlotsUntouched()).isFalse();
        blocks.send().segment().fill(RUBBISH);
    }

    private SendRequest send(final int number) {
        nic.memory.asSlice(0, LENGTH).fill((byte) number);
        return new SendRequest().send(number).sge(nic.region.address(), LENGTH, nic.region.stag());
    }

    private void receive(final int number) {
        assertThat(receiver.receives().post(
            new ReceiveRequest().receive(100 + number).sge(new HostRegion(inbox, local.stag()), 0, LENGTH)))
            .isEqualTo(PostResult.OK);
    }

    private void expectDelivered(final int number) {
        receive(number);
        assertThat(sends.post(send(number))).isEqualTo(PostResult.OK);
        expectArrived(number);
    }

    private void expectArrived(final int number) {
        assertThat(polled()).containsExactly((100 + number) + " SUCCESS " + LENGTH, number + " SUCCESS " + LENGTH);
        assertThat(inbox.asSlice(0, LENGTH).toArray(ValueLayout.JAVA_BYTE)).containsOnly(number);
    }

    private List<String> polled() {
        final List<String> polled = new ArrayList<>();
        nic.reader.poll((final Completion c) -> polled.add(c.wrId() + " " + c.status()
            + (c.status() == CompletionStatus.SUCCESS ? " " + c.byteLength() : "")), 8);
        return polled;
    }

    private boolean areSlotsUntouched() {
        return EngineParts.isAll(blocks.send(), RUBBISH);
    }

    @Test
    void shouldNeedNoSlot() {
        for (int i = 1; i < 12; i++) {
            expectDelivered(i);
        }
        assertThat(areSlotsUntouched()).isTrue();
    }

    @Test
    void shouldGoByItsSlotWhereNoCompletionCanCarryIt() {
        assertThat(receiver.receives().post(new ReceiveRequest().receive(101).sge(
            inbox.address(), LENGTH, local.stag()))).as("without the region").isEqualTo(PostResult.OK);
        assertThat(sends.post(send(1))).isEqualTo(PostResult.OK);
        expectArrived(1);
        assertThat(areSlotsUntouched()).isFalse();
        expectDelivered(2);
        blocks.send().segment().fill(RUBBISH);
        expectDelivered(3);
        assertThat(areSlotsUntouched()).as("once one was carried again").isTrue();
    }

    @Test
    void shouldGoByItsSlotIfItIsSolicited() {
        receive(1);
        assertThat(sends.post(send(1).solicited(true))).isEqualTo(PostResult.OK);
        expectArrived(1);
        assertThat(areSlotsUntouched()).isFalse();
    }

    @Test
    void shouldFindOutInItsSlotThatThereIsNoReceive() {
        assertThat(sends.post(send(1))).isEqualTo(PostResult.OK);
        assertThat(polled()).containsExactly("1 REMOTE_INVALID_REQUEST_ERROR");
        assertThat(areSlotsUntouched()).isFalse();
    }

    @Test
    @SuppressWarnings("MustBeClosed") // closed in the middle
    void shouldFindOutInItsSlotThatItsMemoryIsGone() {
        final Arena arena = Arena.ofShared();
        final MemoryEntry gone = nic.stags.add(arena.allocate(LENGTH), EngineParts.DOMAIN, 0, true);
        receive(1);
        arena.close();
        Thread.currentThread().interrupt();
        assertThat(sends.post(new SendRequest().send(1).sge(gone.address(), LENGTH, gone.stag())))
            .isEqualTo(PostResult.OK);
        assertThat(Thread.interrupted()).as("as it was before").isTrue();
        assertThat(polled()).containsExactly("101 FLUSHED", "1 LOCAL_PROTECTION_ERROR");
        assertThat(areSlotsUntouched()).isFalse();
    }

    @Test
    void shouldGoByItsSlotInAList() {
        receive(1);
        sends.begin();
        assertThat(sends.add(send(1))).isEqualTo(PostResult.OK);
        assertThat(polled()).isEmpty();
        sends.end();
        expectArrived(1);
        assertThat(areSlotsUntouched()).isFalse();
    }
}
