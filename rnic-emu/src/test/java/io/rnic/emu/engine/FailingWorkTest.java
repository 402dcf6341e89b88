package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A fault of this program in the work of the NIC's own thread: the queue pair's owner does not wait for ever. */
class FailingWorkTest {
    private static final int DOMAIN = 7;
    private static final int COMPLETIONS = 8;

    private final SharedMemory shared = new SharedMemory();
    private final Dma dma = new Dma(16);
    private final StagTable stags = new StagTable(16, 4096, dma);
    private final Engine engine = new Engine(stags, dma, 1);
    private final DedicatedDoorbells doorbells = new DedicatedDoorbells(engine, shared, 0xF);
    private final MemoryEntry region =
        stags.add(Arena.ofAuto().allocate(256, 64), DOMAIN, Access.bits(Access.values()), true);
    private final QueueLimits limits = new QueueLimits(4, 4, 1, 1, 0, 1 << 20, true);
    private final SharedMemory.Block ring =
        shared.allocate(CompletionLayout.ENTRIES + COMPLETIONS * CompletionLayout.ENTRY_BYTES);
    private final CompletionWriter writer = new CompletionWriter(ring, COMPLETIONS, 1, null, new AsyncEvents("test"));
    private final HostQueuePairs queuePairs = new HostQueuePairs(0xF);
    private final CompletionReader reader = new CompletionReader(ring, COMPLETIONS, 1, queuePairs);
    private final QueueBlocks blocks = QueueBlocks.allocate(shared, limits);
    private final QueuePairContext queuePair = new QueuePairContext(1, DOMAIN, -1, false, blocks, limits, writer,
        writer, new AsyncEvents("test"), null);

    @Test
    void shouldMoveTheQueuePairToErrorAndSayWhy() {
        final HostQueuePair host = new HostQueuePair(1, blocks, limits, doorbells.of(queuePair), () -> { });
        queuePairs.add(host);
        queuePair.connect((DirectLink) Proxy.newProxyInstance(DirectLink.class.getClassLoader(),
            new Class<?>[] {DirectLink.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("write")) {
                    throw new IllegalArgumentException("a fault of this program");
                }
                return null;
            }));
        assertThat(queuePair.move(QueuePairState.INIT, QueuePairState.RTS)).isTrue();
        post(host);

        assertThatThrownBy(doorbells::doWork).hasMessage("a fault of this program");

        assertThat(queuePair.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(Objects.requireNonNull(queuePair.fault()).check()).isEqualTo(Check.NIC);
        assertThat(statuses()).containsExactly(CompletionStatus.FLUSHED);

        post(host); // in ERROR
        doorbells.doWork();
        assertThat(statuses()).containsExactly(CompletionStatus.FLUSHED);
    }

    private void post(final HostQueuePair host) {
        host.post(new SendRequest().write(41, 4096, 1).sge(region.address(), 8, region.stag()).signalled(true));
    }

    private List<CompletionStatus> statuses() {
        final List<CompletionStatus> statuses = new ArrayList<>();
        reader.poll(completion -> statuses.add(completion.status()), COMPLETIONS);
        return statuses;
    }
}
