package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionReader;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.HostQueuePairs;
import io.rnic.emu.queue.HostSharedReceives;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.SharedReceiveLayout;
import io.rnic.emu.queue.UnheardDoorbell;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
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
    private static final int DOMAIN = 7;
    private static final int COMPLETIONS = 8;
    private static final int RECEIVES = 3; // of 4 slots

    private final SharedMemory shared = new SharedMemory();
    private final Dma dma = new Dma(16);
    private final StagTable stags = new StagTable(16, 4096, dma);
    private final Engine engine = new Engine(stags, dma, 1);
    private final MemorySegment memory = Arena.ofAuto().allocate(256, 64);
    private final MemoryEntry region = stags.add(memory, DOMAIN, Access.bits(Access.values()), true);
    private final QueueLimits limits = new QueueLimits(4, 4, 1, 1, 0, 1 << 20, true);
    private final SharedMemory.Block ring =
        shared.allocate(CompletionLayout.ENTRIES + COMPLETIONS * CompletionLayout.ENTRY_BYTES);
    private final CompletionWriter writer =
        new CompletionWriter(ring, COMPLETIONS, 1, null, new AsyncEvents("test"));
    private final CompletionWriter peerWriter = new CompletionWriter(
        shared.allocate(CompletionLayout.ENTRIES + COMPLETIONS * CompletionLayout.ENTRY_BYTES), COMPLETIONS, 2, null,
        new AsyncEvents("test"));
    private final HostQueuePairs queuePairs = new HostQueuePairs(0xF);
    private final CompletionReader reader = new CompletionReader(ring, COMPLETIONS, 1, queuePairs);
    private final QueueBlocks blocks = QueueBlocks.allocate(shared, limits);
    private final QueueBlocks peerBlocks = QueueBlocks.allocate(shared, limits);
    private final SharedMemory.Block sharedQueue = shared.allocate(SharedReceiveLayout.bytes(RECEIVES, 1));
    private final HostSharedReceives sharedHost = new HostSharedReceives(1, sharedQueue, RECEIVES, 1, 1 << 20);
    private final QueuePairContext sender = new QueuePairContext(1, DOMAIN, -1, false, blocks, limits, writer, writer,
        new AsyncEvents("test"), null);
    private final HostQueuePair host = new HostQueuePair(1, blocks, limits, new UnheardDoorbell(), () -> { });

    private QueuePairContext connect(final @Nullable SharedReceives receives) {
        final QueuePairContext peer = new QueuePairContext(2, DOMAIN, -1, false, peerBlocks, limits, peerWriter,
            peerWriter, new AsyncEvents("test"), receives);
        queuePairs.add(host);
        LoopbackLink.connect(engine, FaultPlan.NONE, null, sender, peer);
        assertThat(sender.move(QueuePairState.INIT, QueuePairState.RTS)).isTrue();
        assertThat(peer.move(QueuePairState.INIT, QueuePairState.RTS)).isTrue();
        memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        return peer;
    }

    private QueuePairContext connectShared() {
        final QueuePairContext peer = connect(new SharedReceives(1, sharedQueue, RECEIVES, 1, new AsyncEvents("test")));
        sharedHost.post(new ReceiveRequest().receive(1).sge(region.address() + 128, 8, region.stag()));
        return peer;
    }

    private void expectNoReceive(final QueuePairContext peer) {
        host.post(new SendRequest().send(1).sge(region.address(), 8, region.stag()));
        engine.process(sender);
        assertThat(statuses()).containsExactly(CompletionStatus.REMOTE_INVALID_REQUEST_ERROR);
        assertThat(peer.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(memory.get(ValueLayout.JAVA_BYTE, 128)).isZero();
    }

    private List<CompletionStatus> statuses() {
        final List<CompletionStatus> statuses = new ArrayList<>();
        reader.poll(completion -> statuses.add(completion.status()), COMPLETIONS);
        return statuses;
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, RECEIVES, 4, 0x00FF_FFFF, Integer.MAX_VALUE})
    void shouldTakeASharedReceiveOfNoSlotForNone(final int forged) {
        final QueuePairContext peer = connectShared();
        sharedQueue.words().putInt(SharedReceiveLayout.order(0, 4), forged);
        expectNoReceive(peer);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, RECEIVES + 1, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldTakeMoreSharedReceivesThanThereCanBeForNone(final long forged) {
        final QueuePairContext peer = connectShared();
        sharedQueue.words().putLong(SharedReceiveLayout.POSTED, forged);
        expectNoReceive(peer);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 5, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldTakeMoreReceivesThanThereAreSlotsForNone(final long forged) {
        final QueuePairContext peer = connect(null);
        peerBlocks.doorbell().words().putLong(DoorbellLayout.RECEIVE_COUNT, forged);
        expectNoReceive(peer);
        engine.flushReceives(peer); // ends
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 5, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldTakeMoreSendRequestsThanThereAreSlotsForNone(final long forged) {
        final QueuePairContext peer = connect(null);
        blocks.doorbell().words().putLong(DoorbellLayout.SEND_COUNT, forged);
        engine.process(sender);
        assertThat(sender.state()).isEqualTo(QueuePairState.RTS);
        assertThat(sender.hasSendWork()).isFalse();
        engine.error(peer); // what a peer does flushes it, and ends
        assertThat(sender.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(statuses()).isEmpty();
    }
}
