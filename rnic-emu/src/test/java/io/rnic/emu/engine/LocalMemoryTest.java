package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SgeLayout;
import io.rnic.emu.queue.SharedMemory;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/** What was found last is looked at first, and means no more than what the table says. */
class LocalMemoryTest {
    private static final int DOMAIN = 7;
    private static final int PAGE_BYTES = 4096;

    private final Dma dma = new Dma(16);
    private final StagTable stags = new StagTable(16, PAGE_BYTES, dma);
    private final LocalMemory memory = new LocalMemory(stags, dma);
    private final Engine engine = new Engine(stags, dma, 1);
    private final MemoryEntry entry = stags.add(Arena.ofAuto().allocate(256, 64), DOMAIN, 0, true);
    private final SharedMemory shared = new SharedMemory();

    private QueuePairContext queuePair(final boolean privileged) {
        final QueueLimits limits = new QueueLimits(1, 1, 1, 1, 0, 1 << 20, false);
        final CompletionWriter writer = new CompletionWriter(
            shared.allocate(CompletionLayout.ENTRIES + CompletionLayout.ENTRY_BYTES), 1, 1, null,
            new AsyncEvents("test"));
        final QueueBlocks blocks = QueueBlocks.allocate(shared, limits);
        return new QueuePairContext(engine, 1, DOMAIN, 0, privileged, blocks, limits, writer, writer,
            new AsyncEvents("test"), null);
    }

    @Test
    void shouldFindItByItsName() {
        assertThat(memory.find(queuePair(false).send, entry, entry.stag(), 0, entry.address() + 8, 248))
            .isSameAs(entry);
    }

    @Test
    void shouldRefuseBoundsByWhatWasFoundLast() {
        assertThat(memory.find(queuePair(false).send, entry, entry.stag(), 0, entry.address() + 9, 248)).isNull();
        assertThat(memory.find(queuePair(false).send, entry, entry.stag(), 0, entry.address() - 1, 8)).isNull();
    }

    @Test
    void shouldNotKnowItAfterItIsRevoked() {
        stags.remove(entry);
        assertThat(memory.find(queuePair(false).send, entry, entry.stag(), 0, entry.address(), 8)).isNull();
        assertThat(memory.find(queuePair(false).send, entry, 0, 0, entry.address(), 8)).isNull();
        assertThat(memory.find(queuePair(false).send, entry, -1, 0, entry.address(), 8)).isNull();
    }

    @Test
    void shouldTakeAnotherNameForAnotherRegion() {
        final MemoryEntry other = stags.add(Arena.ofAuto().allocate(256, 64), DOMAIN, 0, true);
        assertThat(memory.find(queuePair(false).send, entry, other.stag(), 0, other.address(), 8)).isSameAs(other);
    }

    @Test
    void shouldLeaveBusAddressesToTheKernel() {
        final long bus = entry.bus(entry.address());
        assertThat(memory.find(queuePair(true).send, entry, SgeLayout.PRIVILEGED_KEY, 0, bus, 8)).isSameAs(entry);
        assertThat(memory.find(queuePair(false).send, entry, SgeLayout.PRIVILEGED_KEY, 0, bus, 8)).isNull();
    }

    @Test
    void shouldNotKnowAClosedWindow() {
        final long bus = entry.bus(entry.address());
        stags.remove(entry);
        assertThat(memory.find(queuePair(true).send, entry, SgeLayout.PRIVILEGED_KEY, 0, bus, 8)).isNull();
    }
}
