package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.LoopbackLink;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receives are counted in 64 bits, of which a completion carries 32: a fault names its request after any number. */
class LongLivedQueueTest {
    private final EngineParts nic = new EngineParts();
    private final QueueBlocks blocks = nic.blocks();
    private final QueueBlocks peerBlocks = nic.blocks();
    private final QueuePairContext sender = nic.queuePair(1, blocks);
    private final QueuePairContext peer = nic.queuePair(2, peerBlocks);
    private final HostQueuePair host = nic.host(1, blocks);
    private final HostQueuePair peerHost = nic.host(2, peerBlocks);

    @ParameterizedTest
    @ValueSource(longs = {0, Integer.MAX_VALUE + 1L, 0xFFFF_FFFCL, 1L << 32, (1L << 40) + (1L << 31)})
    void shouldNameAReceiveByItsWholeNumber(final long before) {
        LoopbackLink.connect(nic.engine, FaultPlan.NONE, null, sender, peer);
        EngineParts.ready(sender, peer);
        peerHost.receives().post(new ReceiveRequest().receive(9).sge(nic.region.address() + 128, 8, nic.region.stag()));
        peer.receive.taken = before; // as many were received
        peer.receive.seen = before;
        Words.putLong(peerBlocks.doorbell().address() + DoorbellLayout.RECEIVE_COUNT, before + 1);
        host.sends().post(new SendRequest().send(1).sge(nic.region.address(), 16, nic.region.stag()));

        nic.engine.process(sender);

        final Fault fault = Objects.requireNonNull(peer.fault());
        assertThat(fault.check()).isEqualTo(Check.RECEIVE_LENGTH);
        assertThat(fault.slotNumber()).isEqualTo(before);
    }
}
