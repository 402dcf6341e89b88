package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.PlainRequests;
import io.rnic.emu.queue.PostLists;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.queue.SendQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Requests that are given to the NIC with the ring itself: their slots, which are full of rubbish here, stay so. */
class PushTest {
    private static final int PLACE = PushFixture.PLACE;
    private static final int TARGET = PushFixture.TARGET;

    private final PushFixture pair = new PushFixture();
    private final EngineParts nic = pair.nic;
    private final QueuePairContext sender = pair.sender;
    private final HostQueuePair host = pair.host;
    private final SendQueue sends = pair.sends;

    /** Writes its own number to where Writes go. */
    private SendRequest write(final int number) {
        nic.memory.set(ValueLayout.JAVA_LONG, (long) number * PLACE, number);
        return new SendRequest().write(number, nic.region.address() + TARGET, nic.region.stag())
            .sge(nic.region.address() + (long) number * PLACE, PLACE, nic.region.stag()).signalled(true);
    }

    private long written() {
        return nic.memory.get(ValueLayout.JAVA_LONG, TARGET);
    }

    @Test
    void shouldNeedNoSlot() {
        for (int i = 1; i < 12; i++) {
            assertThat(sends.post(write(i))).isEqualTo(PostResult.OK);
            assertThat(written()).isEqualTo(i);
            assertThat(pair.polled()).containsExactly(i + " SUCCESS");
        }
        assertThat(pair.areSlotsUntouched()).isTrue();
    }

    @Test
    void shouldFillTheQueueAsOthersDo() {
        for (int i = 1; i <= 4; i++) {
            assertThat(sends.post(write(i))).isEqualTo(PostResult.OK);
        }
        assertThat(sends.post(write(5))).isEqualTo(PostResult.QUEUE_FULL);
        assertThat(written()).isEqualTo(4);
        assertThat(host.sendSpace()).isZero();
        assertThat(host.wrId(false, 3)).isEqualTo(3);
        assertThat(pair.polled()).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS", "4 SUCCESS");
        assertThat(pair.areSlotsUntouched()).isTrue();
    }

    @Test
    void shouldNotOvertakeWhatWaits() {
        assertThat(sender.move(QueuePairState.RTS, QueuePairState.SQD)).isTrue();
        assertThat(sends.post(write(1))).isEqualTo(PostResult.OK);
        assertThat(written()).as("a queue pair in SQD begins nothing").isZero();
        assertThat(sender.move(QueuePairState.SQD, QueuePairState.RTS)).isTrue();
        assertThat(sends.post(write(2))).isEqualTo(PostResult.OK);
        assertThat(written()).isEqualTo(2);
        assertThat(pair.polled()).containsExactly("1 SUCCESS", "2 SUCCESS");
    }

    @Test
    void shouldDoTheWritesThatBeginAListAtOnce() {
        sends.begin();
        assertThat(sends.add(write(1))).isEqualTo(PostResult.OK);
        assertThat(written()).isEqualTo(1);
        assertThat(new PlainRequests(write(2), write(3)).addTo(sends)).isEqualTo(PostLists.outcome(2, PostResult.OK));
        assertThat(written()).isEqualTo(3);
        sends.end();
        assertThat(pair.polled()).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS");
        assertThat(pair.areSlotsUntouched()).isTrue();
    }

    @Test
    void shouldDoTheWritesOfAListBehindWhatComesBeforeThem() {
        sends.begin();
        assertThat(sends.add(new SendRequest().write(1, nic.region.address() + TARGET, nic.region.stag())
            .sge(nic.region.address(), 0, nic.region.stag()).signalled(true))).isEqualTo(PostResult.OK);
        assertThat(sends.add(write(2))).isEqualTo(PostResult.OK);
        assertThat(new PlainRequests(write(3)).addTo(sends)).isEqualTo(PostLists.outcome(1, PostResult.OK));
        assertThat(written()).as("before the list has ended").isZero();
        sends.end();
        assertThat(written()).isEqualTo(3);
        assertThat(pair.polled()).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS");
    }

    @Test
    void shouldFindOutInItsSlotWhatIsWrong() {
        final SendRequest request = new SendRequest().write(7, nic.region.address() + TARGET, nic.region.stag() + 1)
            .sge(nic.region.address(), PLACE, nic.region.stag());
        assertThat(sends.post(request)).isEqualTo(PostResult.OK);
        assertThat(pair.polled()).containsExactly("7 " + CompletionStatus.REMOTE_ACCESS_ERROR);
        assertThat(pair.areSlotsUntouched()).isFalse();
        assertThat(sends.post(write(8))).isEqualTo(PostResult.OK);
        assertThat(pair.polled()).containsExactly("8 FLUSHED");
        assertThat(written()).isZero();
    }

    @Test
    void shouldNotReachAPeerThatIsGone() {
        pair.peer.receiveFlow().open = false;
        assertThat(sender.state()).as("nobody has told it yet").isEqualTo(QueuePairState.RTS);
        assertThat(sends.post(write(1))).isEqualTo(PostResult.OK);
        assertThat(pair.polled()).containsExactly("1 FLUSHED");
        assertThat(written()).isZero();
    }
}
