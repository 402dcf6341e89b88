package io.rnic.emu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.verbs.ReceiveRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A Send with Invalidate that comes by a stream completes its receive only when no thread is in the middle of using
 * the STag any more (promise 47 of the verbs): here one is, for as long as the test likes.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InvalidationByStreamTest {
    private static final int MANY = 2_000;

    private final EngineParts nic = new EngineParts();
    private final QueueBlocks blocks = nic.blocks();
    private final QueuePairContext receiving = nic.queuePair(1, blocks);
    private final QueuePairContext other = nic.queuePair(2, nic.blocks());
    private final HostQueuePair host = nic.host(1, blocks);

    @Test
    @SuppressWarnings("ThreadPriorityCheck") // the other threads need this core
    void shouldCompleteTheReceiveWhenNobodyUsesTheStagAnyMore() throws Exception {
        receiving.connect(new RoomyLink());
        EngineParts.ready(receiving);
        host.receives().post(new ReceiveRequest().receive(5).sge(nic.region.address(), 8, nic.region.stag()));
        try (ExecutorService thread = Executors.newSingleThreadExecutor();
            StagUser user = new StagUser(nic.engine, other)) {
            final Future<?> connection = thread.submit(this::receive);
            while (nic.stags.find(nic.region.stag()) != null) {
                Thread.yield();
            }
            for (int i = 0; i < MANY; i++) {
                assertThat(nic.reader.unpolled()).isZero();
                assertThat(connection.isDone()).isFalse();
                Thread.yield();
            }
            user.leave();
            connection.get();
            assertThat(nic.reader.unpolled()).isEqualTo(1);
        }
    }

    private void receive() {
        final StreamReceiver receiver = new StreamReceiver(nic.engine, receiving);
        final MemorySegment ulpdu = Arena.ofAuto().allocate(DdpHeader.UNTAGGED_LENGTH);
        DdpHeader.writeUntagged(ulpdu, 0, RdmapOpcode.SEND_INVALIDATE, true, nic.region.stag(), 1, 0);
        nic.engine.arrived(receiving, receiver, () -> {
            assertThat(receiver.begin(ulpdu, 0, DdpHeader.UNTAGGED_LENGTH)).isEqualTo(Terminate.NONE);
            assertThat(receiver.end()).isEqualTo(Terminate.NONE);
        });
    }
}
