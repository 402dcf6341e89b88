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
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.ReadRequestHeader;
import io.rnic.verbs.Access;
import io.rnic.verbs.QueuePairState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that reads gigabytes by a stream that always has room gets them in pieces, with turns for others between. */
class AnswersInTurnTest {
    private static final int DOMAIN = 7;
    private static final int COMPLETIONS = 8;
    private static final int IRD = 16;
    private static final int SEGMENT_BYTES = RoomyLink.SEGMENT_BYTES;

    private final SharedMemory shared = new SharedMemory();
    private final Dma dma = new Dma(16);
    private final StagTable stags = new StagTable(16, 4096, dma);
    private final Engine engine = new Engine(stags, dma, 1);
    private final MemorySegment memory = Arena.ofAuto().allocate(10L * StreamAnswers.TURN_BYTES, 64);
    private final MemoryEntry region = stags.add(memory, DOMAIN, Access.bits(Access.REMOTE_READ), true);
    private final QueueLimits limits = new QueueLimits(4, 4, 1, 1, 0, 1 << 20, true);
    private final CompletionWriter writer = new CompletionWriter(
        shared.allocate(CompletionLayout.ENTRIES + COMPLETIONS * CompletionLayout.ENTRY_BYTES), COMPLETIONS, 1, null,
        new AsyncEvents("test"));
    private final QueuePairContext queuePair = new QueuePairContext(1, DOMAIN, -1, false,
        QueueBlocks.allocate(shared, limits), limits, writer, writer, new AsyncEvents("test"), null);
    private final RoomyLink link = new RoomyLink();
    private int asked;

    private StreamReceiver connect() {
        queuePair.reads(new ReadLimits(IRD, IRD));
        queuePair.connect(link);
        assertThat(queuePair.move(QueuePairState.INIT, QueuePairState.RTS)).isTrue();
        return new StreamReceiver(engine, queuePair);
    }

    private int ask(final StreamReceiver receiver, final int length) {
        final MemorySegment ulpdu = Arena.ofAuto().allocate(DdpHeader.UNTAGGED_LENGTH + ReadRequestHeader.LENGTH);
        DdpHeader.writeUntagged(ulpdu, 0, RdmapOpcode.READ_REQUEST, true, 0, ++asked, 0);
        ReadRequestHeader.write(
            ulpdu, DdpHeader.UNTAGGED_LENGTH, RoomyLink.SINK_STAG, 0, length, region.stag(), region.address());
        return receiver.begin(ulpdu, 0, (int) ulpdu.byteSize());
    }

    @Test
    void shouldSendALongAnswerInSeveralTurns() {
        final int length = (int) memory.byteSize();
        final StreamReceiver receiver = connect();
        assertThat(ask(receiver, length)).isEqualTo(Terminate.NONE);
        int turns = 0;
        do {
            final long before = link.bytes;
            engine.process(queuePair);
            turns++;
            assertThat(link.bytes - before).isBetween(1L, (long) StreamAnswers.TURN_BYTES + SEGMENT_BYTES);
        } while (link.takeLater());
        assertThat(link.bytes).isEqualTo(length);
        assertThat(link.lasts).isEqualTo(1);
        assertThat(turns).isGreaterThanOrEqualTo(length / (StreamAnswers.TURN_BYTES + SEGMENT_BYTES));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3000, SEGMENT_BYTES, StreamAnswers.TURN_BYTES - 1, StreamAnswers.TURN_BYTES})
    void shouldAnswerAllThatAreAskedForAndSendNoMoreThanATurnAtOnce(final int length) {
        final StreamReceiver receiver = connect();
        for (int i = 0; i < IRD; i++) {
            assertThat(ask(receiver, length)).isEqualTo(Terminate.NONE);
        }
        do {
            final long before = link.bytes;
            engine.process(queuePair);
            assertThat(link.bytes - before).isLessThanOrEqualTo(StreamAnswers.TURN_BYTES + SEGMENT_BYTES);
        } while (link.takeLater());
        assertThat(link.lasts).isEqualTo(IRD);
        assertThat(link.bytes).isEqualTo((long) IRD * length);
    }
}
