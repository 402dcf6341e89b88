package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.PostResult;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.SendQueue;
import io.rnic.verbs.Completion;
import io.rnic.verbs.SendRequest;
import java.util.ArrayList;
import java.util.List;

/** Two connected queue pairs; the slots of the one that sends are full of rubbish, and stay so where nobody writes. */
final class PushFixture {
    /** How long a message is, and how far from the next. */
    static final int PLACE = 8;
    /** Where Writes go. */
    static final int TARGET = 128;

    private static final byte RUBBISH = (byte) 0xA5;

    final EngineParts nic = new EngineParts();
    private final QueueBlocks blocks = nic.blocks();
    final QueuePairContext sender = nic.queuePair(1, blocks);
    final QueuePairContext peer = nic.unpolled(2, nic.blocks(), null);
    final HostQueuePair host = nic.host(1, blocks, sender.invokerDoorbell());
    final SendQueue sends = host.sends();

    /** The first Write goes by its slot, for the region is not known yet that it writes. */
    PushFixture() {
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, sender, peer);
        EngineParts.ready(sender, peer);
        blocks.send().segment().fill(RUBBISH);
        assertThat(sends.post(new SendRequest().write(0, nic.region.address() + TARGET, nic.region.stag())
            .sge(nic.region.address(), PLACE, nic.region.stag()))).isEqualTo(PostResult.OK);
        assertThat(polled()).containsExactly("0 SUCCESS");
        assertThat(areSlotsUntouched()).isFalse();
        blocks.send().segment().fill(RUBBISH);
    }

    boolean areSlotsUntouched() {
        return EngineParts.isAll(blocks.send(), RUBBISH);
    }

    /** Number and status of what has completed. */
    List<String> polled() {
        final List<String> polled = new ArrayList<>();
        nic.reader.poll((final Completion c) -> polled.add(c.wrId() + " " + c.status()), 8);
        return polled;
    }
}
