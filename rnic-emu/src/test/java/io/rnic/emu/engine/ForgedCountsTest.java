package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.HostSharedReceives;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.SharedReceiveLayout;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Counts and orders stand in memory of the application, which may write there anything: more than was posted, or places
 * that are none. The NIC touches no other memory by them, and its work ends.
 */
@Timeout(60)
class ForgedCountsTest {
    private static final int RECEIVES = 3; // of 4 slots

    private final EngineParts nic = new EngineParts();
    private final QueueBlocks blocks = nic.blocks();
    private final QueueBlocks peerBlocks = nic.blocks();
    private final SharedMemory.Block sharedQueue = nic.shared.allocate(SharedReceiveLayout.bytes(RECEIVES, 1));
    private final HostSharedReceives sharedHost = new HostSharedReceives(1, sharedQueue, RECEIVES, 1, 1 << 20);
    private final QueuePairContext sender = nic.queuePair(1, blocks);
    private final HostQueuePair host = nic.host(1, blocks);

    private QueuePairContext connect(final @Nullable SharedReceives receives) {
        final QueuePairContext peer = nic.unpolled(2, peerBlocks, receives);
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, sender, peer);
        EngineParts.ready(sender, peer);
        nic.memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        return peer;
    }

    private QueuePairContext connectShared() {
        final QueuePairContext peer = connect(new SharedReceives(1, sharedQueue, RECEIVES, 1, new AsyncEvents("test")));
        sharedHost.post(new ReceiveRequest().receive(1).sge(nic.region.address() + 128, 8, nic.region.stag()));
        return peer;
    }

    private void expectNoReceive(final QueuePairContext peer) {
        host.sends().post(new SendRequest().send(1).sge(nic.region.address(), 8, nic.region.stag()));
        nic.engine.process(sender);
        assertThat(nic.statuses()).containsExactly(CompletionStatus.REMOTE_INVALID_REQUEST_ERROR);
        assertThat(peer.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(nic.memory.get(ValueLayout.JAVA_BYTE, 128)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, RECEIVES, 4, 0x00FF_FFFF, Integer.MAX_VALUE})
    void shouldTakeASharedReceiveOfNoSlotForNone(final int forged) {
        final QueuePairContext peer = connectShared();
        Words.putInt(sharedQueue.address() + SharedReceiveLayout.order(0, 4), forged);
        expectNoReceive(peer);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, RECEIVES + 1, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldTakeMoreSharedReceivesThanThereCanBeForNone(final long forged) {
        final QueuePairContext peer = connectShared();
        Words.putLong(sharedQueue.address() + SharedReceiveLayout.POSTED, forged);
        expectNoReceive(peer);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 5, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldTakeMoreReceivesThanThereAreSlotsForNone(final long forged) {
        final QueuePairContext peer = connect(null);
        Words.putLong(peerBlocks.doorbell().address() + DoorbellLayout.RECEIVE_COUNT, forged);
        expectNoReceive(peer);
        nic.engine.flushReceives(peer); // ends
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 5, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldTakeMoreSendRequestsThanThereAreSlotsForNone(final long forged) {
        final QueuePairContext peer = connect(null);
        Words.putLong(blocks.doorbell().address() + DoorbellLayout.SEND_COUNT, forged);
        nic.engine.process(sender);
        assertThat(sender.state()).isEqualTo(QueuePairState.RTS);
        assertThat(sender.hasSendWork()).isFalse();
        nic.engine.error(peer); // what a peer does flushes it, and ends
        assertThat(sender.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(nic.statuses()).isEmpty();
    }
}
