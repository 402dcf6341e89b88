package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.PlainRequests;
import io.rnic.emu.queue.PostLists;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.queue.SendQueue;
import io.rnic.verbs.Access;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes in a row that lie in memory, as a kernel posts them: the NIC takes them from there, as far as it can. */
class PushListTest {
    private static final int PLACE = PushFixture.PLACE;
    private static final int TARGET = PushFixture.TARGET;
    private static final int LAPS = 20;

    private final PushFixture pair = new PushFixture();
    private final EngineParts nic = pair.nic;
    private final QueuePairContext sender = pair.sender;
    private final HostQueuePair host = pair.host;
    private final SendQueue sends = pair.sends;

    @BeforeEach
    void number() {
        for (int i = 0; i < TARGET / PLACE; i++) {
            nic.memory.set(ValueLayout.JAVA_LONG, (long) i * PLACE, 100 + i);
        }
    }

    /** Writes 100 and its own number to a place of its own. */
    private SendRequest write(final int number) {
        return new SendRequest().write(number, nic.region.address() + TARGET + (long) number * PLACE, nic.region.stag())
            .sge(nic.region.address() + (long) number * PLACE, PLACE, nic.region.stag());
    }

    private List<Long> written(final int first, final int last) {
        return IntStream.rangeClosed(first, last)
            .mapToObj(i -> nic.memory.get(ValueLayout.JAVA_LONG, TARGET + (long) i * PLACE)).toList();
    }

    private static long outcome(final int posted, final PostResult last) {
        return PostLists.outcome(posted, last);
    }

    @Test
    void shouldTakeWritesFromWhereTheyLie() {
        for (int lap = 0; lap < 3; lap++) {
            final int first = 1 + 4 * lap;
            assertThat(new PlainRequests(write(first), write(first + 1), write(first + 2), write(first + 3))
                .postTo(sends)).isEqualTo(outcome(4, PostResult.OK));
            assertThat(written(first, first + 3)).containsExactly(100L + first, 101L + first, 102L + first,
                103L + first);
            assertThat(pair.polled()).containsExactly(
                first + " SUCCESS", first + 1 + " SUCCESS", first + 2 + " SUCCESS", first + 3 + " SUCCESS");
        }
        assertThat(pair.areSlotsUntouched()).isTrue();
        assertThat(host.sendSpace()).isEqualTo(4);
    }

    @Test
    void shouldTakeAsManyAsTheQueueHasRoomFor() {
        assertThat(new PlainRequests(write(1), write(2), write(3), write(4), write(5)).postTo(sends))
            .isEqualTo(outcome(4, PostResult.QUEUE_FULL));
        assertThat(written(1, 5)).containsExactly(101L, 102L, 103L, 104L, 0L);
        assertThat(host.sendSpace()).isZero();
        assertThat(new PlainRequests(write(5)).postTo(sends)).isEqualTo(outcome(0, PostResult.QUEUE_FULL));
        assertThat(pair.polled()).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS", "4 SUCCESS");
    }

    /** What is no Write of some bytes, and all behind it, waits for the list's end. */
    @Test
    void shouldTakeTheWritesThatBeginAList() {
        final SendRequest nothing = new SendRequest().write(3, nic.region.address(), nic.region.stag())
            .sge(nic.region.address(), 0, nic.region.stag());
        sends.begin();
        assertThat(new PlainRequests(write(1), write(2), nothing, write(4)).addTo(sends))
            .isEqualTo(outcome(4, PostResult.OK));
        assertThat(written(1, 4)).as("before the list has ended").containsExactly(101L, 102L, 0L, 0L);
        sends.end();
        assertThat(written(1, 4)).containsExactly(101L, 102L, 0L, 104L);
        assertThat(pair.polled()).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS", "4 SUCCESS");
    }

    @Test
    void shouldNotOvertakeWhatWaits() {
        assertThat(sender.move(QueuePairState.RTS, QueuePairState.SQD)).isTrue();
        assertThat(new PlainRequests(write(1), write(2)).postTo(sends)).isEqualTo(outcome(2, PostResult.OK));
        assertThat(written(1, 2)).as("a queue pair in SQD begins nothing").containsExactly(0L, 0L);
        assertThat(sender.move(QueuePairState.SQD, QueuePairState.RTS)).isTrue();
        assertThat(new PlainRequests(write(3), write(4)).postTo(sends)).isEqualTo(outcome(2, PostResult.OK));
        assertThat(written(1, 4)).containsExactly(101L, 102L, 103L, 104L);
        assertThat(pair.polled()).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS", "4 SUCCESS");
    }

    @Test
    void shouldFindOutInItsSlotWhatIsWrong() {
        final SendRequest wrong = new SendRequest().write(2, nic.region.address(), nic.region.stag() + 1)
            .sge(nic.region.address(), PLACE, nic.region.stag());
        assertThat(new PlainRequests(write(1), wrong, write(3)).postTo(sends)).isEqualTo(outcome(3, PostResult.OK));
        assertThat(written(1, 3)).containsExactly(101L, 0L, 0L);
        assertThat(host.wrId(false, 2)).as("the second behind that of the beginning").isEqualTo(2);
        assertThat(pair.polled()).containsExactly("1 SUCCESS", "2 REMOTE_ACCESS_ERROR", "3 FLUSHED");
        assertThat(new PlainRequests(write(4)).postTo(sends)).isEqualTo(outcome(1, PostResult.OK));
        assertThat(pair.polled()).containsExactly("4 FLUSHED");
        assertThat(written(4, 4)).containsExactly(0L);
    }

    @Test
    void shouldRefuseFromTheFirstOnThatNoQueueTakes() {
        final SendRequest negative = new SendRequest().write(2, nic.region.address(), nic.region.stag())
            .sge(nic.region.address(), -1, nic.region.stag());
        assertThat(new PlainRequests(write(1), negative, write(3)).postTo(sends))
            .isEqualTo(outcome(1, PostResult.NEGATIVE_LENGTH));
        final SendRequest tooLong = new SendRequest().write(2, nic.region.address(), nic.region.stag())
            .sge(nic.region.address(), (1 << 20) + 1, nic.region.stag());
        assertThat(new PlainRequests(tooLong, write(3)).postTo(sends))
            .isEqualTo(outcome(0, PostResult.MESSAGE_TOO_LONG));
        assertThat(written(1, 3)).containsExactly(101L, 0L, 0L);
        assertThat(pair.polled()).containsExactly("1 SUCCESS");
        assertThat(pair.areSlotsUntouched()).isTrue();
    }

    @Test
    void shouldTakeNothingWhereNothingMayBePosted() {
        assertThat(sender.move(QueuePairState.RTS, QueuePairState.INIT)).isTrue();
        assertThat(new PlainRequests(write(1)).postTo(sends)).isEqualTo(outcome(0, PostResult.WRONG_STATE));
        host.close();
        assertThat(new PlainRequests(write(1)).postTo(sends)).isEqualTo(outcome(0, PostResult.CLOSED));
        assertThat(written(1, 1)).containsExactly(0L);
    }

    /** The NIC takes Writes to the region that was written to last: others go by their slots, with what is behind. */
    @Test
    void shouldCountOnFromWhatWasTaken() {
        final MemorySegment elsewhere = Arena.ofAuto().allocate(PLACE, PLACE);
        final MemoryEntry other = nic.stags.add(elsewhere, EngineParts.DOMAIN, Access.bits(Access.values()), true);
        for (int lap = 1; lap <= LAPS; lap++) {
            nic.memory.set(ValueLayout.JAVA_LONG, 2 * PLACE, lap);
            final SendRequest second = new SendRequest().write(2, other.address(), other.stag())
                .sge(nic.region.address() + 2 * PLACE, PLACE, nic.region.stag());
            assertThat(new PlainRequests(write(1), second, write(3)).postTo(sends))
                .isEqualTo(outcome(3, PostResult.OK));
            assertThat(elsewhere.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(lap);
            assertThat(host.wrId(false, 3L * lap)).isEqualTo(3);
            assertThat(pair.polled()).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS");
        }
        assertThat(pair.areSlotsUntouched()).isFalse();
    }
}
