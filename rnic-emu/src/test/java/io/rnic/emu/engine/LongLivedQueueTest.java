package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.UnheardDoorbell;
import io.rnic.verbs.Access;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receives are counted in 64 bits, of which a completion carries 32: a fault names its request after any number. */
class LongLivedQueueTest {
    private static final int DOMAIN = 7;
    private static final int COMPLETIONS = 8;

    private final SharedMemory shared = new SharedMemory();
    private final Dma dma = new Dma(16);
    private final StagTable stags = new StagTable(16, 4096, dma);
    private final Engine engine = new Engine(stags, dma, 1);
    private final MemoryEntry region =
        stags.add(Arena.ofAuto().allocate(256, 64), DOMAIN, Access.bits(Access.values()), true);
    private final QueueLimits limits = new QueueLimits(4, 4, 1, 1, 0, 1 << 20, true);
    private final CompletionWriter writer = new CompletionWriter(
        shared.allocate(CompletionLayout.ENTRIES + COMPLETIONS * CompletionLayout.ENTRY_BYTES), COMPLETIONS, 1, null,
        new AsyncEvents("test"));
    private final QueueBlocks blocks = QueueBlocks.allocate(shared, limits);
    private final QueueBlocks peerBlocks = QueueBlocks.allocate(shared, limits);
    private final QueuePairContext sender = queuePair(1, blocks);
    private final QueuePairContext peer = queuePair(2, peerBlocks);
    private final HostQueuePair host = new HostQueuePair(1, blocks, limits, new UnheardDoorbell(), () -> { });
    private final HostQueuePair peerHost = new HostQueuePair(2, peerBlocks, limits, new UnheardDoorbell(), () -> { });

    private QueuePairContext queuePair(final int number, final QueueBlocks memoryOfQueues) {
        return new QueuePairContext(number, DOMAIN, -1, false, memoryOfQueues, limits, writer, writer,
            new AsyncEvents("test"), null);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Integer.MAX_VALUE + 1L, 0xFFFF_FFFCL, 1L << 32, (1L << 40) + (1L << 31)})
    void shouldNameAReceiveByItsWholeNumber(final long before) {
        LoopbackLink.connect(engine, FaultPlan.NONE, null, sender, peer);
        assertThat(sender.move(QueuePairState.INIT, QueuePairState.RTS)).isTrue();
        assertThat(peer.move(QueuePairState.INIT, QueuePairState.RTS)).isTrue();
        peerHost.post(new ReceiveRequest().receive(9).sge(region.address() + 128, 8, region.stag()));
        peer.receive.taken = before; // as many were received
        peer.receive.seen = before;
        peerBlocks.doorbell().words().putLong(DoorbellLayout.RECEIVE_COUNT, before + 1);
        host.post(new SendRequest().send(1).sge(region.address(), 16, region.stag()));

        engine.process(sender);

        final Fault fault = Objects.requireNonNull(peer.fault());
        assertThat(fault.check()).isEqualTo(Check.RECEIVE_LENGTH);
        assertThat(fault.slotNumber()).isEqualTo(before);
    }
}
