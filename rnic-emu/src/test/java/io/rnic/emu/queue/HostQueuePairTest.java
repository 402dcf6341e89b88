package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostQueuePairTest {

    private final QueueLimits limits = new QueueLimits(3, 3, 2, 2, 40, 1_000, false);
    private final QueueBlocks blocks = QueueFixture.filledBlocks(limits);
    private final QueueFixture.CountingDoorbell doorbell = new QueueFixture.CountingDoorbell();
    private final HostQueuePair queuePair = new HostQueuePair(7, blocks, limits, doorbell, () -> { });
    private final byte[] before = blocks.send().segment().toArray(ValueLayout.JAVA_BYTE);

    private static SendRequest send() {
        return new SendRequest().send(1);
    }

    private void assertRefused(final SendRequest request, final PostResult why) {
        assertThat(queuePair.sends().post(request)).isEqualTo(why);
        assertThat(queuePair.sendSpace()).isEqualTo(3);
        assertThat(blocks.send().segment().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(before);
        assertThat(blocks.doorbell().segment().get(ValueLayout.JAVA_BYTE,
            DoorbellLayout.SEND_COUNT)).isEqualTo(QueueFixture.FILLER);
        assertThat(doorbell.sends).isZero();
    }

    @Test
    void shouldRefuseSendsThatNoSlotCanHold() {
        final MemorySegment data = MemorySegment.ofArray(new byte[64]);
        assertRefused(send().sge(0, 1, 1).sge(0, 1, 1).sge(0, 1, 1), PostResult.TOO_MANY_SGES);
        assertRefused(new SendRequest().read(1, 0, 0).sge(0, 1, 1).sge(0, 1, 1), PostResult.READ_SINKS);
        assertRefused(send().sge(0, -1, 1), PostResult.NEGATIVE_LENGTH);
        assertRefused(send().sge(0, 1_000, 1).sge(0, -1, 1), PostResult.NEGATIVE_LENGTH);
        assertRefused(send().sge(0, 500, 1).sge(0, 501, 1), PostResult.MESSAGE_TOO_LONG);
        assertRefused(send().sge(0, Integer.MAX_VALUE, 1).sge(0, Integer.MAX_VALUE, 1), PostResult.MESSAGE_TOO_LONG);
        assertRefused(send().inline(data, 0, 41), PostResult.INLINE_TOO_LONG);
        assertRefused(send().inline(data, 0, -1), PostResult.NEGATIVE_LENGTH);
        assertRefused(send().inline(data, 0, 1).sge(0, 0, 0), PostResult.INLINE_MISPLACED);
        assertRefused(new SendRequest().read(1, 0, 0).inline(data, 0, 1), PostResult.INLINE_MISPLACED);
    }

    @Test
    void shouldRefuseInlineDataThatCannotBeRead() {
        final MemorySegment data = MemorySegment.ofArray(new byte[8]);
        assertRefused(send().inline(data, 4, 5), PostResult.INLINE_UNREADABLE);
        assertRefused(send().inline(data, -1, 1), PostResult.INLINE_UNREADABLE);
        assertRefused(send().inline(data, Long.MAX_VALUE, 8), PostResult.INLINE_UNREADABLE);
        final MemorySegment gone;
        try (Arena arena = Arena.ofConfined()) {
            gone = arena.allocate(8);
        }
        assertRefused(send().inline(gone, 0, 8), PostResult.INLINE_UNREADABLE);
    }

    @Test
    void shouldTakeTheLongestThatFits() {
        assertThat(queuePair.sends().post(send().sge(0, 500, 1).sge(0, 500, 1))).isEqualTo(PostResult.OK);
        assertThat(queuePair.sends().post(send().inline(MemorySegment.ofArray(new byte[40]), 0, 40)))
            .isEqualTo(PostResult.OK);
        assertThat(queuePair.sends().post(send().inline(MemorySegment.ofArray(new byte[0]), 0, 0)))
            .isEqualTo(PostResult.OK);
        assertThat(queuePair.sendSpace()).isZero();
    }

    @Test
    void shouldHoldAsManyAsAskedForAlthoughTheRingHasMoreSlots() {
        for (int i = 0; i < 3; i++) {
            assertThat(queuePair.sends().post(send())).isEqualTo(PostResult.OK);
            assertThat(queuePair.receives().post(new ReceiveRequest().receive(i))).isEqualTo(PostResult.OK);
        }
        assertThat(queuePair.sends().post(send())).isEqualTo(PostResult.QUEUE_FULL);
        assertThat(queuePair.receives().post(new ReceiveRequest().receive(9))).isEqualTo(PostResult.QUEUE_FULL);
        assertThat(doorbell.sends).isEqualTo(3);
    }

    @Test
    void shouldTellTheDoorbellOfASendBeforeItIsPosted() {
        queuePair.sends().post(new SendRequest().write(1, 2, 3).sge(1, 2, 3));
        assertThat(doorbell.expectedSends).isZero();
        queuePair.sends().post(send());
        assertThat(doorbell.expectedSends).isEqualTo(1);
        assertThat(doorbell.sendsBefore).isEqualTo(doorbell.sends - 1);
        queuePair.sends().post(new SendRequest[] {send()}, 1);
        assertThat(doorbell.expectedSends).isEqualTo(2);
        assertThat(doorbell.sendsBefore).isEqualTo(doorbell.sends - 1);
        queuePair.sends().post(new SendRequest[0], 0);
        queuePair.close();
        queuePair.sends().post(send());
        assertThat(doorbell.expectedSends).as("when it is closed").isEqualTo(2);
    }

    /** So many of a list were posted, and the next one was refused for that reason. */
    private static void expect(final int posted, final PostResult why, final long outcome) {
        assertThat(PostLists.posted(outcome)).isEqualTo(posted);
        assertThat(PostLists.isWhole(outcome)).isEqualTo(why == PostResult.OK);
        assertThat(PostLists.last(outcome)).isEqualTo(why);
    }

    @Test
    void shouldSayHowManyOfAListWerePostedAndWhyTheNextWasNot() {
        expect(0, PostResult.OK, queuePair.sends().post(new SendRequest[0], 0));
        final SendRequest tooLong = send().sge(0, -1, 1);
        expect(1, PostResult.OK, queuePair.sends().post(new SendRequest[] {send(), tooLong}, 1));
        expect(0, PostResult.NEGATIVE_LENGTH, queuePair.sends().post(new SendRequest[] {tooLong, send()}, 2));
        expect(1, PostResult.NEGATIVE_LENGTH, queuePair.sends().post(new SendRequest[] {send(), tooLong}, 2));
        expect(1, PostResult.QUEUE_FULL, queuePair.sends().post(new SendRequest[] {send(), send()}, 2));
        expect(1, PostResult.NEGATIVE_LENGTH, queuePair.receives().post(new ReceiveRequest[] {
            new ReceiveRequest().receive(1), new ReceiveRequest().receive(2).sge(0, -1, 1)}, 2));
    }

    @Test
    void shouldFreeAllSlotsUpToTheOneThatCompletedOverManyLaps() {
        for (int lap = 0; lap < 1_000; lap++) {
            final SendRequest[] list = new SendRequest[4];
            for (int i = 0; i < 4; i++) {
                list[i] = new SendRequest().send(lap * 10L + i);
            }
            expect(3, PostResult.QUEUE_FULL, queuePair.sends().post(list, 4));
            assertThat(queuePair.retire(false, lap * 3 + 1)).isEqualTo(lap * 10L + 1);
            assertThat(queuePair.sendSpace()).isEqualTo(2);
            assertThat(queuePair.retire(false, lap * 3 + 2)).isEqualTo(lap * 10L + 2);
            assertThat(queuePair.sendSpace()).isEqualTo(3);
        }
    }

    @Test
    void shouldRefuseReceivesThatNoSlotCanHold() {
        assertThat(queuePair.receives().post(new ReceiveRequest().receive(1).sge(0, 1, 1).sge(0, 1, 1).sge(0, 1, 1)))
            .isEqualTo(PostResult.TOO_MANY_SGES);
        assertThat(queuePair.receives().post(new ReceiveRequest().receive(1).sge(0, -1, 1)))
            .isEqualTo(PostResult.NEGATIVE_LENGTH);
        assertThat(queuePair.receives().post(new ReceiveRequest().receive(1).sge(0, 600, 1).sge(0, 600, 1)))
            .isEqualTo(PostResult.MESSAGE_TOO_LONG);
        assertThat(queuePair.receiveSpace()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(QueuePairState.class)
    void shouldTakePostsOnlyInTheStatesThatAllowThem(final QueuePairState state) {
        QueueFixture.state(blocks, state);
        final boolean connected = state.code() >= QueuePairState.RTS.code();
        assertThat(queuePair.sends().post(send())).isEqualTo(connected ? PostResult.OK : PostResult.WRONG_STATE);
        assertThat(queuePair.receives().post(new ReceiveRequest().receive(1)))
            .isEqualTo(state == QueuePairState.RESET ? PostResult.WRONG_STATE : PostResult.OK);
        assertThat(doorbell.receivesInError).isEqualTo(state == QueuePairState.ERROR ? 1 : 0);
        assertThat(queuePair.state()).isEqualTo(state);
    }

    @Test
    void shouldRefuseEverythingOnceClosed() {
        queuePair.close();
        assertThat(queuePair.sends().post(send())).isEqualTo(PostResult.CLOSED);
        assertThat(queuePair.receives().post(new ReceiveRequest().receive(1))).isEqualTo(PostResult.CLOSED);
        expect(0, PostResult.CLOSED, queuePair.sends().post(new SendRequest[] {send()}, 1));
        expect(0, PostResult.CLOSED, queuePair.receives().post(new ReceiveRequest[] {new ReceiveRequest()}, 1));
        assertThat(doorbell.sends).isZero();
    }

    @Test
    void shouldBeEmptyAfterAReset() {
        queuePair.sends().post(send());
        queuePair.sends().post(send());
        queuePair.retire(false, 0);
        queuePair.receives().post(new ReceiveRequest().receive(1));
        queuePair.reset();
        assertThat(queuePair.sendSpace()).isEqualTo(3);
        assertThat(queuePair.receiveSpace()).isEqualTo(3);
        assertThat(Words.getLong(blocks.doorbell().address() + DoorbellLayout.SEND_COUNT)).isZero();
        assertThat(Words.getLong(blocks.doorbell().address() + DoorbellLayout.RECEIVE_COUNT)).isZero();
        queuePair.sends().post(new SendRequest().send(77));
        assertThat(queuePair.retire(false, 0)).isEqualTo(77);
    }

    @ParameterizedTest
    @EnumSource(PostResult.class)
    void shouldBringEachResultBackFromItsCode(final PostResult result) {
        assertThat(PostResult.of(result.code())).isEqualTo(result);
        assertThat(result.toException("receive", 5, 3, "queue pair 9", ""))
            .hasMessageStartingWith("receive wrId=5 (index 3) on queue pair 9: ")
            .extracting(e -> e.index()).isEqualTo(3);
    }

    /** A number that stands there from the lap before is not written again. */
    @Test
    void shouldKnowTheNumbersOfEachLapWhetherTheyAreTheSameOrNot() {
        final long[] numbers = {5, 5, 5, 5, 7, 5, 5, 5, 5, 5, 0, -1};
        int posted = 0;
        for (int round = 0; round < 2; round++) {
            for (final long number : numbers) {
                assertThat(queuePair.sends().post(new SendRequest().send(number))).isEqualTo(PostResult.OK);
                assertThat(queuePair.wrId(false, posted)).isEqualTo(number);
                assertThat(queuePair.retire(false, posted++)).isEqualTo(number);
            }
            assertThat(queuePair.sends().post(new SendRequest().send(99).sge(0, -1, 1)))
                .isEqualTo(PostResult.NEGATIVE_LENGTH);
            queuePair.reset();
            posted = 0;
        }
    }
}
