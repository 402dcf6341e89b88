package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionReader;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.HostQueuePairs;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.UnheardDoorbell;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.verbs.Access;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A Send with Invalidate that comes by a stream completes its receive only when no thread is in the middle of using
 * the STag any more (promise 47 of the verbs): here one is, for as long as the test likes.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InvalidationByStreamTest {
    private static final int DOMAIN = 7;
    private static final int COMPLETIONS = 8;
    private static final int MANY = 2_000;

    private final SharedMemory shared = new SharedMemory();
    private final Dma dma = new Dma(16);
    private final StagTable stags = new StagTable(16, 4096, dma);
    private final Engine engine = new Engine(stags, dma, 1);
    private final MemorySegment memory = Arena.ofAuto().allocate(256, 64);
    private final MemoryEntry region = stags.add(memory, DOMAIN, Access.bits(Access.values()), true);
    private final QueueLimits limits = new QueueLimits(4, 4, 1, 1, 0, 1 << 20, true);
    private final SharedMemory.Block ring =
        shared.allocate(CompletionLayout.ENTRIES + COMPLETIONS * CompletionLayout.ENTRY_BYTES);
    private final CompletionWriter writer = new CompletionWriter(ring, COMPLETIONS, 1, null, new AsyncEvents("test"));
    private final HostQueuePairs queuePairs = new HostQueuePairs(0xF);
    private final CompletionReader reader = new CompletionReader(ring, COMPLETIONS, 1, queuePairs);
    private final QueueBlocks blocks = QueueBlocks.allocate(shared, limits);
    private final QueuePairContext receiving = queuePair(1, blocks);
    private final QueuePairContext other = queuePair(2, QueueBlocks.allocate(shared, limits));
    private final HostQueuePair host = new HostQueuePair(1, blocks, limits, new UnheardDoorbell(), () -> { });

    private QueuePairContext queuePair(final int number, final QueueBlocks memoryOfQueues) {
        return new QueuePairContext(number, DOMAIN, -1, false, memoryOfQueues, limits, writer, writer,
            new AsyncEvents("test"), null);
    }

    @Test
    @SuppressWarnings("ThreadPriorityCheck") // the other threads need this core
    void shouldCompleteTheReceiveWhenNobodyUsesTheStagAnyMore() throws Exception {
        queuePairs.add(host);
        receiving.connect(new RoomyLink());
        assertThat(receiving.move(QueuePairState.INIT, QueuePairState.RTS)).isTrue();
        host.post(new ReceiveRequest().receive(5).sge(region.address(), 8, region.stag()));
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            final Future<?> user = threads.submit(() -> engine.ifAlive(other, queuePair -> {
                inside.countDown();
                awaitQuietly(release);
                return true;
            }));
            inside.await();
            final Future<?> connection = threads.submit(this::receive);
            while (stags.find(region.stag()) != null) {
                Thread.yield();
            }
            for (int i = 0; i < MANY; i++) {
                assertThat(reader.unpolled()).isZero();
                assertThat(connection.isDone()).isFalse();
                Thread.yield();
            }
            release.countDown();
            user.get();
            connection.get();
            assertThat(reader.unpolled()).isEqualTo(1);
        }
    }

    private void receive() {
        final StreamReceiver receiver = new StreamReceiver(engine, receiving);
        final MemorySegment ulpdu = Arena.ofAuto().allocate(DdpHeader.UNTAGGED_LENGTH);
        DdpHeader.writeUntagged(ulpdu, 0, RdmapOpcode.SEND_INVALIDATE, true, region.stag(), 1, 0);
        engine.arrived(receiving, receiver, () -> {
            assertThat(receiver.begin(ulpdu, 0, DdpHeader.UNTAGGED_LENGTH)).isEqualTo(Terminate.NONE);
            assertThat(receiver.end()).isEqualTo(Terminate.NONE);
        });
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
