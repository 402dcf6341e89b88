package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.Words;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.ReadRequestHeader;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages that are posted together leave together by a stream, but never later than the application is told something
 * by which it may take the first one for done: then it may change its memory.
 */
class MessagesTogetherTest {
    private final EngineParts nic = new EngineParts(false);
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext queuePair = nic.queuePair(1, blocks);
    private final HostQueuePair host = nic.host(1, blocks);
    private final NotingLink link = new NotingLink();

    private void post(final SendRequest... requests) {
        queuePair.reads(new ReadLimits(1, 1));
        queuePair.connect(link);
        EngineParts.ready(queuePair);
        host.sends().post(requests, requests.length);
        nic.engine.process(queuePair);
    }

    private SendRequest write(final int length, final boolean signalled) {
        return new SendRequest().write(length, 0, 1).sge(nic.region.address(), length, nic.region.stag())
            .signalled(signalled);
    }

    private SendRequest send(final int length, final boolean signalled) {
        return new SendRequest().send(length).sge(nic.region.address(), length, nic.region.stag())
            .signalled(signalled);
    }

    private SendRequest read(final int length) {
        return new SendRequest().read(length, 0, 1).sge(nic.region.address(), length, nic.region.stag())
            .signalled(true);
    }

    @Test
    void shouldLeaveWithTheNextOfWhichNothingIsToldBefore() {
        post(write(150, false), send(8, false), write(0, true));
        assertThat(link.notes).containsExactly(
            "tagged 100 followed", "tagged 50 followed", "untagged 8 followed", "tagged 0 leaves");
        assertThat(nic.statuses()).containsExactly(CompletionStatus.SUCCESS);
    }

    @Test
    void shouldLeaveAloneWhenItIsSignalled() {
        post(write(64, true), write(8, true));
        assertThat(link.notes).containsExactly("tagged 64 leaves", "tagged 8 leaves");
    }

    @Test
    void shouldLeaveAloneWhenNothingIsPostedBehindIt() {
        post(write(64, false));
        assertThat(link.notes).containsExactly("tagged 64 leaves");
    }

    @Test
    void shouldLeaveBeforeWhatIsNoMessage() {
        post(write(64, false), read(8));
        assertThat(link.notes.getFirst()).isEqualTo("tagged 64 leaves");
    }

    @Test
    void shouldLeaveWithItsImmediateData() {
        post(new SendRequest().writeWithImmediate(1, 0, 1, 5L).sge(nic.region.address(), 64, nic.region.stag())
            .signalled(true));
        assertThat(link.notes).containsExactly("tagged 64 followed", "untagged 8 leaves");
    }

    @Test
    void shouldLeaveBeforeThoseBehindItAreFlushed() {
        link.onEnd = () -> queuePair.move(QueuePairState.RTS, QueuePairState.ERROR);
        link.onFlush = () -> assertThat(nic.statuses()).isEmpty();
        post(write(64, false), write(8, true));
        assertThat(link.notes).containsExactly("tagged 64 followed", "flush");
        assertThat(nic.statuses()).containsExactly(CompletionStatus.FLUSHED);
    }

    @Test
    void shouldLeaveBeforeItsQueueIsSaidToBeDrained() {
        link.onEnd = () -> {
            queuePair.move(QueuePairState.RTS, QueuePairState.SQD);
            Objects.requireNonNull(queuePair.stream).drainAsked = true;
        };
        link.onFlush = () -> assertThat(event()).isNull();
        post(write(64, false), write(8, true));
        assertThat(link.notes).containsExactly("tagged 64 followed", "flush");
        assertThat(event()).isNotNull();
    }

    @Test
    void shouldFailTheNextWhenItsMemoryIsGoneBeforeItHasLeft() {
        link.onEnd = () -> queuePair.move(QueuePairState.RTS, QueuePairState.SQD);
        link.flushed = Terminate.LOCAL_FAULT;
        post(write(64, false), write(8, true), write(16, true));
        assertThat(link.notes).containsExactly("tagged 64 followed", "flush");
        assertThat(nic.statuses()).isEmpty();

        link.onDisconnect = () -> assertThat(nic.statuses()).isEmpty();
        queuePair.move(QueuePairState.SQD, QueuePairState.RTS);
        nic.engine.process(queuePair);
        assertThat(link.notes).containsExactly("tagged 64 followed", "flush");
        assertThat(nic.statuses()).containsExactly(CompletionStatus.LOCAL_PROTECTION_ERROR, CompletionStatus.FLUSHED);
    }

    /** No Terminate: the peer has done nothing wrong. */
    @ParameterizedTest
    @ValueSource(ints = {0, 32})
    void shouldFailWithoutBlamingTheReadThatIsAnsweredNext(final int length) {
        link.onEnd = () -> {
            link.onEnd = () -> { };
            link.ended = Terminate.LOCAL_FAULT;
            ask(length);
        };
        link.onDisconnect = () -> assertThat(nic.statuses()).isEmpty();
        post(write(64, false), write(8, true));
        assertThat(link.notes).containsExactly("tagged 64 followed", "tagged " + length + " leaves");
        assertThat(nic.statuses()).containsExactly(CompletionStatus.FLUSHED);
        final Fault fault = Objects.requireNonNull(queuePair.fault());
        assertThat(fault.check()).isEqualTo(Check.MEMORY);
        assertThat(fault.operation()).isEqualTo(CompletionOpcode.RDMA_WRITE);
        assertThat(fault.slotNumber()).isZero();
    }

    private void ask(final int length) {
        final MemorySegment ulpdu = Arena.ofAuto().allocate(DdpHeader.UNTAGGED_LENGTH + ReadRequestHeader.LENGTH);
        DdpHeader.writeUntagged(ulpdu, 0, RdmapOpcode.READ_REQUEST, true, 0, 1, 0);
        ReadRequestHeader.write(ulpdu, DdpHeader.UNTAGGED_LENGTH, 1, 0, length, length == 0 ? 0 : nic.region.stag(),
            nic.region.address());
        assertThat(new StreamReceiver(nic.engine, queuePair).begin(ulpdu, 0, (int) ulpdu.byteSize()))
            .isEqualTo(Terminate.NONE);
    }

    /** The queue is the application's memory: what was seen to follow may be something else when its turn comes. */
    @Test
    void shouldLeaveBeforeAnStagIsMadeInvalid() {
        link.onEnd = () -> {
            final int at = queuePair.send.slot(1) + SendSlotLayout.CONTROL;
            final long control = Words.getLong(queuePair.send.slots + at);
            Words.putLong(queuePair.send.slots + at, (control & ~0xFFL) | Opcode.LOCAL_INVALIDATE.code());
            Words.putInt(queuePair.send.slots + queuePair.send.slot(1) + SendSlotLayout.RKEY, nic.region.stag());
        };
        link.onFlush = () -> assertThat(nic.stags.find(nic.region.stag())).isNotNull();
        post(write(64, false), write(8, true));
        assertThat(link.notes).containsExactly("tagged 64 followed", "flush");
        assertThat(nic.stags.find(nic.region.stag())).isNull();
        assertThat(nic.statuses()).containsExactly(CompletionStatus.SUCCESS);
    }

    private AsyncEvents.@Nullable Event event() {
        try {
            return queuePair.events.await(0);
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
