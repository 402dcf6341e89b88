package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionReader;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.HostQueuePairs;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.UnheardDoorbell;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An engine, a region with every access, a completion queue, and what queue pairs are made of: for tests that reach
 * behind the host, which a device would not let them.
 */
final class EngineParts {
    static final int DOMAIN = 7;
    private static final int COMPLETIONS = 8;

    final SharedMemory shared = new SharedMemory();
    final StagTable stags;
    final Engine engine;
    final MemorySegment memory = Arena.ofAuto().allocate(256, 64);
    final MemoryEntry region;
    final CompletionReader reader;
    private final QueueLimits limits;
    private final HostQueuePairs queuePairs = new HostQueuePairs(0xF);
    private final CompletionWriter writer;

    /** Every send request makes a completion. */
    EngineParts() {
        this(true);
    }

    EngineParts(final boolean signalAll) {
        limits = new QueueLimits(4, 4, 1, 1, 0, 1 << 20, signalAll);
        final Dma dma = new Dma(16);
        stags = new StagTable(16, 4096, dma);
        engine = new Engine(stags, dma, 1);
        region = stags.add(memory, DOMAIN, Access.bits(Access.values()), true);
        final SharedMemory.Block ring = ring();
        writer = writer(ring, 1);
        reader = new CompletionReader(ring, COMPLETIONS, 1, queuePairs);
    }

    /** Memory of a completion queue. */
    SharedMemory.Block ring() {
        return shared.allocate(CompletionLayout.ENTRIES + COMPLETIONS * CompletionLayout.ENTRY_BYTES);
    }

    private static CompletionWriter writer(final SharedMemory.Block ring, final int number) {
        return new CompletionWriter(ring, COMPLETIONS, number, null, new AsyncEvents("test"));
    }

    /** Memory of the queues of one queue pair: 4 requests each way, of one piece. */
    QueueBlocks blocks() {
        return QueueBlocks.allocate(shared, limits);
    }

    /** The NIC's half of a queue pair that reports where {@link #reader} polls. */
    QueuePairContext queuePair(final int number, final QueueBlocks blocks) {
        return queuePair(number, blocks, writer, null);
    }

    /** The same of one that reports to that ring. */
    QueuePairContext reporting(final int number, final QueueBlocks blocks, final SharedMemory.Block ring) {
        return queuePair(number, blocks, writer(ring, number), null);
    }

    /** The same of one that reports elsewhere, so that only the other one's completions are polled. */
    QueuePairContext unpolled(final int number, final QueueBlocks blocks, final @Nullable SharedReceives receives) {
        return queuePair(number, blocks, writer(ring(), number), receives);
    }

    private QueuePairContext queuePair(final int number, final QueueBlocks blocks, final CompletionWriter completions,
        final @Nullable SharedReceives receives) {
        return new QueuePairContext(engine, number, DOMAIN, -1, false, blocks, limits, completions, completions,
            new AsyncEvents("test"), receives);
    }

    /** The host's half, whose doorbell nobody hears. */
    HostQueuePair host(final int number, final QueueBlocks blocks) {
        return host(number, blocks, new UnheardDoorbell());
    }

    /** The host's half. */
    HostQueuePair host(final int number, final QueueBlocks blocks, final Doorbell doorbell) {
        final HostQueuePair host = new HostQueuePair(number, blocks, limits, doorbell, () -> { });
        queuePairs.add(host);
        return host;
    }

    /** Of connected queue pairs. */
    static void ready(final QueuePairContext... connected) {
        for (final QueuePairContext queuePair : connected) {
            assertThat(queuePair.move(QueuePairState.INIT, QueuePairState.RTS)).isTrue();
        }
    }

    /** Whether all of a block is that byte. */
    static boolean isAll(final SharedMemory.Block block, final byte filler) {
        for (final byte each : block.segment().toArray(ValueLayout.JAVA_BYTE)) {
            if (each != filler) {
                return false;
            }
        }
        return true;
    }

    /** Polls all completions. */
    List<CompletionStatus> statuses() {
        final List<CompletionStatus> statuses = new ArrayList<>();
        reader.poll(completion -> statuses.add(completion.status()), COMPLETIONS);
        return statuses;
    }
}
