package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.PlainRequests;
import io.rnic.emu.queue.PostLists;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.SendQueue;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that are given to the NIC with the ring itself: their slots, which are full of rubbish here, stay so. */
class PushTest {
    private static final byte RUBBISH = (byte) 0xA5;
    private static final int PLACE = 8;
    private static final int TARGET = 128;

    private final EngineParts nic = new EngineParts();
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext sender = nic.queuePair(1, blocks);
    private final QueuePairContext peer = nic.unpolled(2, nic.blocks(), null);
    private final HostQueuePair host = nic.host(1, blocks, sender.invokerDoorbell());
    private final SendQueue sends = host.sends();

    /** The first Write goes by its slot, for the region is not known yet that it writes. */
    @BeforeEach
    void connect() {
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, sender, peer);
        EngineParts.ready(sender, peer);
        blocks.send().segment().fill(RUBBISH);
        assertThat(sends.post(write(0))).isEqualTo(PostResult.OK);
        assertThat(polled()).containsExactly("0 SUCCESS");
        assertThat(areSlotsUntouched()).isFalse();
        blocks.send().segment().fill(RUBBISH);
    }

    /** Writes its own number to where Writes go. */
    private SendRequest write(final int number) {
        nic.memory.set(ValueLayout.JAVA_LONG, (long) number * PLACE, number);
        return new SendRequest().write(number, nic.region.address() + TARGET, nic.region.stag())
            .sge(nic.region.address() + (long) number * PLACE, PLACE, nic.region.stag()).signalled(true);
    }

    private long written() {
        return nic.memory.get(ValueLayout.JAVA_LONG, TARGET);
    }

    private boolean areSlotsUntouched() {
        return EngineParts.isAll(blocks.send(), RUBBISH);
    }

    private List<String> polled() {
        final List<String> polled = new ArrayList<>();
        nic.reader.poll((final Completion c) -> polled.add(c.wrId() + " " + c.status()), 8);
        return polled;
    }

    @Test
    void shouldNeedNoSlot() {
        for (int i = 1; i < 12; i++) {
            assertThat(sends.post(write(i))).isEqualTo(PostResult.OK);
            assertThat(written()).isEqualTo(i);
            assertThat(polled()).containsExactly(i + " SUCCESS");
        }
        assertThat(areSlotsUntouched()).isTrue();
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
        assertThat(polled()).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS", "4 SUCCESS");
        assertThat(areSlotsUntouched()).isTrue();
    }

    @Test
    void shouldNotOvertakeWhatWaits() {
        assertThat(sender.move(QueuePairState.RTS, QueuePairState.SQD)).isTrue();
        assertThat(sends.post(write(1))).isEqualTo(PostResult.OK);
        assertThat(written()).as("a queue pair in SQD begins nothing").isZero();
        assertThat(sender.move(QueuePairState.SQD, QueuePairState.RTS)).isTrue();
        assertThat(sends.post(write(2))).isEqualTo(PostResult.OK);
        assertThat(written()).isEqualTo(2);
        assertThat(polled()).containsExactly("1 SUCCESS", "2 SUCCESS");
    }

    @Test
    void shouldDoTheWritesThatBeginAListAtOnce() {
        sends.begin();
        assertThat(sends.add(write(1))).isEqualTo(PostResult.OK);
        assertThat(written()).isEqualTo(1);
        assertThat(new PlainRequests(write(2), write(3)).addTo(sends)).isEqualTo(PostLists.outcome(2, PostResult.OK));
        assertThat(written()).isEqualTo(3);
        sends.end();
        assertThat(polled()).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS");
        assertThat(areSlotsUntouched()).isTrue();
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
        assertThat(polled()).containsExactly("1 SUCCESS", "2 SUCCESS", "3 SUCCESS");
    }

    @Test
    void shouldFindOutInItsSlotWhatIsWrong() {
        final SendRequest request = new SendRequest().write(7, nic.region.address() + TARGET, nic.region.stag() + 1)
            .sge(nic.region.address(), PLACE, nic.region.stag());
        assertThat(sends.post(request)).isEqualTo(PostResult.OK);
        assertThat(polled()).containsExactly("7 " + CompletionStatus.REMOTE_ACCESS_ERROR);
        assertThat(areSlotsUntouched()).isFalse();
        assertThat(sends.post(write(8))).isEqualTo(PostResult.OK);
        assertThat(polled()).containsExactly("8 FLUSHED");
        assertThat(written()).isZero();
    }

    @Test
    void shouldNotReachAPeerThatIsGone() {
        peer.receiveFlow().open = false;
        assertThat(sender.state()).as("nobody has told it yet").isEqualTo(QueuePairState.RTS);
        assertThat(sends.post(write(1))).isEqualTo(PostResult.OK);
        assertThat(polled()).containsExactly("1 FLUSHED");
        assertThat(written()).isZero();
    }
}
