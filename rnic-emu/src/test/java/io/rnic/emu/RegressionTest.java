package io.rnic.emu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionReader;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.HostQueuePairs;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.RnicException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Faults that were found once. */
class RegressionTest {
    private static DeviceContext open(final String name) {
        return new DeviceContext(Device.open(Map.of("device", name, "pinning", "accounted"), Set.of()), false);
    }

    private static final QueueLimits LIMITS = new QueueLimits(4, 4, 1, 1, 0, 1_000, false);

    @Test
    void shouldFreeAPlaceAsSoonAsItsCompletionIsHandedOver() {
        final HostQueuePairs pairs = new HostQueuePairs(0xFF);
        final SharedMemory memory = new SharedMemory();
        pairs.add(new HostQueuePair(1, QueueBlocks.allocate(memory, LIMITS), LIMITS, new Doorbell() {
            @Override
            public @Nullable BiasedLock sendLock() {
                return null;
            }

            @Override
            public boolean ringSend() {
                return false;
            }

            @Override
            public void settle() {
            }

            @Override
            public void ringReceiveInError() {
            }
        }, () -> { }));
        final SharedMemory.Block block = memory.allocate(CompletionLayout.ENTRIES + 4 * CompletionLayout.ENTRY_BYTES);
        final CompletionWriter writer = new CompletionWriter(block, 4, 1, null, new AsyncEvents("test"));
        for (int i = 0; i < 4; i++) {
            assertThat(writer.push(CompletionOpcode.SEND, CompletionStatus.SUCCESS, 0, 1, i, 0)).isTrue();
        }
        final boolean[] pushed = new boolean[1];
        final CompletionReader reader = new CompletionReader(block, 4, 1, pairs);
        reader.poll(c -> pushed[0] = writer.push(CompletionOpcode.SEND, CompletionStatus.SUCCESS, 0, 1, 4, 0), 1);
        assertThat(pushed[0]).as("3 unpolled, the 4th fits").isTrue();
    }

    @Test
    void shouldRefuseAQueuePairOnAClosedCompletionQueue() {
        final DeviceContext context = open("closed-queue");
        final DomainResource domain = context.allocateDomain();
        final CompletionQueueResource queue = context.createCompletionQueue(64, null);
        final CompletionQueueResource closed = context.createCompletionQueue(64, null);
        closed.close();
        for (int i = 0; i < 15; i++) {
            QueuePairResource.create(domain, queue, queue, null, LIMITS, 0, new ReadLimits(1, 1));
        }
        assertThatThrownBy(() -> QueuePairResource.create(
            domain, queue, closed, null, LIMITS, 0, new ReadLimits(1, 1)))
            .isInstanceOf(RnicException.class);
    }

    @Test
    void shouldChargeNothingForARegionThatIsClosed() {
        final DeviceContext context = open("closed-region");
        final DomainResource domain = context.allocateDomain();
        final RegionResource region = domain.register(Arena.global().allocate(64), 1, false);
        region.close();
        try {
            region.load();
        } catch (final RnicException e) {
            assertThat(e).isNotNull();
        }
        assertThat(context.device().onBoardMemory().used()).isZero();
    }

    @Test
    @Timeout(value = 5, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldNotWaitForANegativeTime() throws InterruptedException {
        final DeviceContext context = open("negative");
        final ListenerResource listener = context.listen(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        assertThat(listener.listening().await(Long.MIN_VALUE)).isNull();
    }

    @Test
    void shouldRefuseBytesThatOverflow() {
        assertThatThrownBy(() -> new Settings(Map.of("x", "17179869184G")).bytes("x", "none", 1))
            .isInstanceOf(RnicException.class);
    }
}
