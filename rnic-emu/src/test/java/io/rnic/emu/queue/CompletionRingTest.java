package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CompletionRingTest {
    private static final int SLOTS = 4;
    private static final int LATE_POLLS = 3;
    private static final int RING_END = CompletionLayout.ENTRIES + SLOTS * CompletionLayout.ENTRY_BYTES;

    private final SharedMemory.Block block = new SharedMemory().allocate(RING_END);
    private final HostQueuePairs queuePairs = new HostQueuePairs(0xFFFF);
    private final HostQueuePair one = QueueFixture.queuePair(1, 16);
    private final HostQueuePair two = QueueFixture.queuePair(2, 16);
    private final CompletionReader reader = new CompletionReader(block, SLOTS, 33, queuePairs);
    private final CompletionWriter writer = new CompletionWriter(block, SLOTS, 33, null, new AsyncEvents("test"));
    private final List<String> seen = new ArrayList<>();

    CompletionRingTest() {
        queuePairs.add(one);
        queuePairs.add(two);
    }

    private boolean push(final HostQueuePair queuePair, final int slot) {
        return writer.push(CompletionOpcode.RECEIVE, CompletionStatus.SUCCESS, 10 + slot, queuePair.number(), slot, 0);
    }

    private int poll(final int limit) {
        return reader.poll(c -> seen.add(c.queuePairNumber() + ":" + c.byteLength()), limit);
    }

    private static void assertError(final ThrowingCallable call, final RnicError error, final String text) {
        assertThatThrownBy(call).isInstanceOf(RnicException.class).hasMessageContaining(text)
            .extracting(e -> ((RnicException) e).error()).isEqualTo(error);
    }

    @Test
    void shouldWriteAnEntryAsDocumented() {
        writer.push(CompletionOpcode.RECEIVE, CompletionStatus.REMOTE_ACCESS_ERROR, 0xFEDC_BA98, 0x0012_3456, -2,
            0x1_1234);
        final MemorySegment ring = block.segment();
        // phase 1, zero, opcode 128, status 10, length
        assertThat(ring.get(ValueLayout.JAVA_LONG, 256)).isEqualTo(0x8000_800A_FEDC_BA98L);
        assertThat(ring.get(ValueLayout.JAVA_LONG, 264)).isEqualTo(0x0012_3456_FFFF_FFFEL);
        assertThat(ring.get(ValueLayout.JAVA_LONG, 272)).isEqualTo(0x1_1234L);
        assertThat(ring.get(ValueLayout.JAVA_LONG, 280)).isZero();
        assertThat(ring.get(ValueLayout.JAVA_LONG, 320)).as("the next entry").isZero();
    }

    /** What has arrived meanwhile does not make two of one poll. */
    @Test
    void shouldKeepBackForAsManyPollsAsItIsToldTo() {
        final CompletionReader late = new CompletionReader(block, SLOTS, 33, queuePairs, LATE_POLLS);
        late.idlePolls().add(new IdlePolls.Source() {
            @Override
            public boolean look() {
                return true;
            }

            @Override
            public void rest() {
                throw new AssertionError("nobody waits here");
            }
        });
        for (int lap = 0; lap < 3; lap++) {
            push(one, lap);
            for (int poll = 0; poll < LATE_POLLS; poll++) {
                assertThat(late.poll(c -> { }, 1)).as("lap %d, poll %d", lap, poll).isZero();
            }
            assertThat(late.poll(c -> { }, 1)).isOne();
        }
    }

    @Test
    void shouldTurnThePhaseWithEachLap() {
        for (int lap = 0; lap < 4; lap++) {
            for (int i = 0; i < SLOTS; i++) {
                push(one, i);
                final long control = block.segment().get(ValueLayout.JAVA_LONG, 256 + 64L * i);
                assertThat(control >>> 63).as("lap %d, entry %d", lap, i).isEqualTo(lap % 2 == 0 ? 1 : 0);
            }
            assertThat(poll(10)).isEqualTo(SLOTS);
            assertThat(block.segment().get(ValueLayout.JAVA_LONG, 0)).as("CONSUMED").isEqualTo((lap + 1L) * SLOTS);
        }
    }

    @Test
    void shouldHandOverEachCompletionOnceAndInOrderOverManyLaps() {
        int pushed = 0;
        int polled = 0;
        final List<Long> ids = new ArrayList<>();
        for (int round = 0; round < 20_000; round++) {
            for (int i = 0; i <= round % SLOTS; i++) {
                assertThat(one.receives().post(new ReceiveRequest().receive(pushed))).isEqualTo(PostResult.OK);
                assertThat(push(one, pushed)).isTrue();
                pushed++;
            }
            ids.clear();
            assertThat(reader.poll(c -> ids.add(c.wrId()), 10)).isEqualTo(round % SLOTS + 1);
            for (final long id : ids) {
                assertThat(id).isEqualTo(polled++);
            }
        }
        assertThat(polled).isEqualTo(pushed);
        assertThat(poll(1)).isZero();
    }

    @Test
    void shouldHandOverNoMoreThanTheLimit() {
        push(one, 0);
        push(one, 1);
        push(two, 0);
        assertThat(poll(2)).isEqualTo(2);
        assertThat(poll(2)).isEqualTo(1);
        assertThat(seen).containsExactly("1:10", "1:11", "2:10");
        assertError(() -> poll(0), RnicError.INVALID_ARGUMENT, "poll limit 0 on completion queue 33; allowed: from 1");
        assertError(() -> poll(-1), RnicError.INVALID_ARGUMENT, "poll limit -1");
    }

    @Test
    void shouldReportAnOverrunAndWriteNothingPastTheRing() {
        block.segment().asSlice(RING_END).fill(QueueFixture.FILLER);
        for (int i = 0; i < SLOTS; i++) {
            assertThat(push(one, i)).isTrue();
        }
        final byte[] full = block.segment().asSlice(256).toArray(ValueLayout.JAVA_BYTE);
        assertThat(push(one, 4)).isFalse();
        assertThat(push(one, 5)).isFalse();
        assertThat(block.segment().asSlice(256).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(full);
        assertThat(block.segment().get(ValueLayout.JAVA_INT, 192)).as("OVERRUN").isEqualTo(1);

        assertThat(poll(10)).as("what is there is still handed over").isEqualTo(SLOTS);
        assertError(() -> poll(10), RnicError.COMPLETION_QUEUE_OVERRUN, "completion queue 33 overran: more than 4");
        assertThat(push(one, 6)).as("unusable although there is room").isFalse();
        assertError(() -> poll(10), RnicError.COMPLETION_QUEUE_OVERRUN, "overran");
    }

    @Test
    void shouldCrossOutWhatItIsToForgetAndFreeItsPlaces() {
        push(one, 0);
        push(two, 0);
        push(one, 1);
        push(two, 1);
        reader.forget(1);
        assertThat(poll(10)).isEqualTo(2);
        assertThat(seen).containsExactly("2:10", "2:11");
        for (int i = 2; i < 2 + SLOTS; i++) {
            assertThat(push(two, i)).isTrue();
        }
        assertThat(poll(10)).isEqualTo(SLOTS);
    }

    @Test
    void shouldForgetOnlyWhatIsThereAndReportWhatComesLater() {
        push(one, 0);
        reader.forget(1);
        push(one, 1);
        assertThat(poll(10)).isEqualTo(1);
        assertThat(seen).containsExactly("1:11");
    }

    @Test
    void shouldForgetAFullRingOnAnOddLap() {
        for (int i = 0; i < SLOTS; i++) {
            push(two, i);
        }
        poll(10);
        for (int i = 0; i < SLOTS; i++) {
            push(one, i);
        }
        seen.clear();
        reader.forget(1);
        assertThat(poll(10)).isZero();
        assertThat(seen).isEmpty();
    }

    @Test
    void shouldPassOverCompletionsOfAQueuePairThatIsGone() {
        push(one, 0);
        push(two, 0);
        queuePairs.remove(one);
        assertThat(poll(10)).isEqualTo(1);
        assertThat(seen).containsExactly("2:10");
    }

    @Test
    void shouldRefuseToBePolledFromItsOwnHandler() {
        push(one, 0);
        push(one, 1);
        final List<Throwable> refusals = new ArrayList<>();
        assertThat(reader.poll(c -> {
            try {
                poll(1);
            } catch (final RnicException e) {
                refusals.add(e);
            }
        }, 1)).isEqualTo(1);
        assertThat(refusals).singleElement().satisfies(e -> assertError(() -> {
            throw e;
        }, RnicError.INVALID_STATE, "completion queue 33 is being polled by this thread"));
        assertThat(poll(10)).isEqualTo(1);
        reader.checkNotInHandler();
    }

    @Test
    void shouldRefuseOnlyTheThreadThatPolls() {
        push(one, 0);
        assertThat(reader.poll(c -> CompletableFuture.runAsync(reader::checkNotInHandler).join(), 1)).isEqualTo(1);
    }

    @Test
    void shouldKeepTheOthersWhenAHandlerThrows() {
        for (int i = 0; i < 3; i++) {
            push(one, i);
        }
        assertThatThrownBy(() -> reader.poll(c -> {
            seen.add("1:" + c.byteLength());
            if (c.byteLength() == 11) {
                throw new IllegalStateException("handler");
            }
        }, 10)).hasMessage("handler");
        assertThat(block.segment().get(ValueLayout.JAVA_LONG, 0)).as("CONSUMED").isEqualTo(2);
        assertThat(poll(10)).isEqualTo(1);
        assertThat(seen).containsExactly("1:10", "1:11", "1:12");
    }

    @Test
    void shouldRefuseToBePolledOnceClosed() {
        push(one, 0);
        reader.close(() -> { });
        assertError(() -> poll(1), RnicError.CLOSED, "completion queue 33 is closed");
        assertThat(seen).isEmpty();
    }
}
