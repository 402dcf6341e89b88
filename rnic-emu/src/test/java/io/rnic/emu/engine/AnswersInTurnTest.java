package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.ReadRequestHeader;
import io.rnic.verbs.Access;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that reads gigabytes by a stream that always has room gets them in pieces, with turns for others between. */
class AnswersInTurnTest {
    private static final int IRD = 16;
    private static final int SEGMENT_BYTES = RoomyLink.SEGMENT_BYTES;

    private final EngineParts nic = new EngineParts();
    private final MemorySegment memory = Arena.ofAuto().allocate(10L * StreamAnswers.TURN_BYTES, 64);
    private final MemoryEntry region =
        nic.stags.add(memory, EngineParts.DOMAIN, Access.bits(Access.REMOTE_READ), true);
    private final QueuePairContext queuePair = nic.queuePair(1, nic.blocks());
    private final RoomyLink link = new RoomyLink();
    private int asked;

    private StreamReceiver connect() {
        queuePair.reads(new ReadLimits(IRD, IRD));
        queuePair.connect(link);
        EngineParts.ready(queuePair);
        return new StreamReceiver(nic.engine, queuePair);
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
            nic.engine.process(queuePair);
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
            nic.engine.process(queuePair);
            assertThat(link.bytes - before).isLessThanOrEqualTo(StreamAnswers.TURN_BYTES + SEGMENT_BYTES);
        } while (link.takeLater());
        assertThat(link.lasts).isEqualTo(IRD);
        assertThat(link.bytes).isEqualTo((long) IRD * length);
    }
}
