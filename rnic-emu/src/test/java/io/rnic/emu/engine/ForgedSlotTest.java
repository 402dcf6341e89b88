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
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.HostQueuePairs;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.UnheardDoorbell;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The send queue is memory of the application, which may write there what the verbs cannot say: an opcode that is none
 * (promise 6 of the verbs, as far as the verbs' types do not keep it) fails its request and moves no byte.
 */
class ForgedSlotTest {
    private static final int DOMAIN = 7;
    private static final int COMPLETIONS = 8;
    private static final byte FILLER = 0x5A;

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
    private final HostQueuePairs queuePairs = new HostQueuePairs(0xF);
    private final CompletionReader reader = new CompletionReader(ring, COMPLETIONS, 1, queuePairs);
    private final QueueBlocks blocks = QueueBlocks.allocate(shared, limits);
    private final QueuePairContext sender = queuePair(1, blocks);
    private final QueuePairContext peer = queuePair(2, QueueBlocks.allocate(shared, limits));
    private final HostQueuePair host = new HostQueuePair(1, blocks, limits, new UnheardDoorbell(), () -> { });

    private QueuePairContext queuePair(final int number, final QueueBlocks memoryOfQueues) {
        return new QueuePairContext(number, DOMAIN, -1, false, memoryOfQueues, limits, writer, writer,
            new AsyncEvents("test"), null);
    }

    static List<Integer> forgedOpcodes() {
        return IntStream.range(0, 256).filter(code -> Opcode.of(code) == null).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("forgedOpcodes")
    void shouldFailARequestWhoseOpcodeIsNone(final int opcode) {
        queuePairs.add(host);
        LoopbackLink.connect(engine, FaultPlan.NONE, null, sender, peer);
        assertThat(sender.move(QueuePairState.INIT, QueuePairState.RTS)).isTrue();
        assertThat(peer.move(QueuePairState.INIT, QueuePairState.RTS)).isTrue();
        memory.fill(FILLER);
        memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        host.post(new SendRequest().write(41, region.address() + 128, region.stag())
            .sge(region.address(), 8, region.stag()));
        final long control = blocks.send().words().getLong(SendSlotLayout.CONTROL);
        blocks.send().words().putLong(SendSlotLayout.CONTROL, (control & ~0xFFL) | opcode);

        engine.process(sender);

        final List<CompletionStatus> statuses = new ArrayList<>();
        reader.poll(completion -> {
            assertThat(completion.wrId()).isEqualTo(41);
            statuses.add(completion.status());
        }, COMPLETIONS);
        assertThat(statuses).containsExactly(CompletionStatus.LOCAL_QP_OPERATION_ERROR);
        assertThat(sender.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(peer.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(memory.asSlice(1).toArray(ValueLayout.JAVA_BYTE)).containsOnly(FILLER);
    }
}
