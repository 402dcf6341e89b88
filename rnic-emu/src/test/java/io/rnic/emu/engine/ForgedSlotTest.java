package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
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
    private static final int COMPLETIONS = 8;
    private static final byte FILLER = 0x5A;

    private final EngineParts nic = new EngineParts();
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext sender = nic.queuePair(1, blocks);
    private final QueuePairContext peer = nic.queuePair(2, nic.blocks());
    private final HostQueuePair host = nic.host(1, blocks);

    static List<Integer> forgedOpcodes() {
        return IntStream.range(0, 256).filter(code -> Opcode.of(code) == null).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("forgedOpcodes")
    void shouldFailARequestWhoseOpcodeIsNone(final int opcode) {
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, sender, peer);
        EngineParts.ready(sender, peer);
        nic.memory.fill(FILLER);
        nic.memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        host.sends().post(new SendRequest().write(41, nic.region.address() + 128, nic.region.stag())
            .sge(nic.region.address(), 8, nic.region.stag()));
        final long control = Words.getLong(blocks.send().address() + SendSlotLayout.CONTROL);
        Words.putLong(blocks.send().address() + SendSlotLayout.CONTROL, (control & ~0xFFL) | opcode);

        nic.engine.process(sender);

        final List<CompletionStatus> statuses = new ArrayList<>();
        nic.reader.poll(completion -> {
            assertThat(completion.wrId()).isEqualTo(41);
            statuses.add(completion.status());
        }, COMPLETIONS);
        assertThat(statuses).containsExactly(CompletionStatus.LOCAL_QP_OPERATION_ERROR);
        assertThat(sender.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(peer.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(nic.memory.asSlice(1).toArray(ValueLayout.JAVA_BYTE)).containsOnly(FILLER);
    }
}
