package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Creating, closing in the right and the wrong order, limits, and that nothing is left behind. */
class LifecycleTest {
    private static RnicException expect(final RnicError error, final ThrowingCallable call) {
        final Throwable thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(RnicException.class);
        assertThat(((RnicException) thrown).error()).as(thrown.getMessage()).isEqualTo(error);
        return (RnicException) thrown;
    }

    private static Map<String, Long> objects(final Rnic rnic) {
        final Map<String, Long> counters = rnic.counters();
        counters.keySet().retainAll(Set.of("device.queuePairs", "device.completionQueues", "device.memoryRegions",
            "device.pinnedBytes", "device.onBoardBytes", "process.lockedBytes"));
        return counters;
    }

    @EveryDoor
    void shouldNameWhatIsStillOpenWhenClosedInTheWrongOrder(final RnicOptions options) {
        final Rnic rnic = Rnic.open(options);
        final Side side = Side.of(rnic);
        final String queuePair = "queue pair " + side.queuePair().number();

        assertThat(expect(RnicError.BUSY, side.domain()::close)).hasMessageContaining(queuePair)
            .hasMessageContaining("memory region");
        assertThat(expect(RnicError.BUSY, side.sends()::close)).hasMessageContaining(queuePair);
        assertThat(expect(RnicError.BUSY, rnic::close)).hasMessageContaining("protection domain")
            .hasMessageContaining("completion queue");

        assertThat(side.queuePair().state()).as("a refused close changes nothing").isEqualTo(QueuePairState.INIT);
        side.receive(1, 0, 8);
        side.close();
        rnic.close();
    }

    @EveryDoor
    void shouldRefuseToCloseAChannelInUse(final RnicOptions options) {
        try (Rnic rnic = Rnic.open(options); CompletionChannel channel = rnic.createCompletionChannel()) {
            final CompletionQueue queue = rnic.createCompletionQueue(4, channel);
            assertThat(expect(RnicError.BUSY, channel::close)).hasMessageContaining("completion queue");
            queue.close();
        }
    }

    /** {@link UseAfterCloseTest} goes through all that can be right but for this. */
    @EveryDoor
    void shouldSayClosedWhateverElseIsWrong(final RnicOptions options) {
        try (Rnic rnic = Rnic.open(options); ProtectionDomain domain = rnic.allocateProtectionDomain()) {
            final CompletionQueue queue = rnic.createCompletionQueue(4);
            final QueuePair queuePair = domain.createQueuePair(QueuePairOptions.of(queue));
            queuePair.close();
            queue.close();
            expect(RnicError.CLOSED, () -> queuePair.modify(QueuePairState.RTS));
            expect(RnicError.CLOSED, () -> queue.poll(completion -> { }, 0));
        }
    }

    @EveryDoor
    void shouldLeaveNothingBehindAfterThousandsOfObjects(final RnicOptions options) {
        try (Rnic rnic = Rnic.open(options)) {
            final Map<String, Long> before = objects(rnic);
            final Set<Integer> numbers = new HashSet<>();
            for (int i = 0; i < 2000; i++) {
                try (Side side = Side.of(rnic, queues -> queues.withRequests(4, 4))) {
                    numbers.add(side.queuePair().number());
                    assertThat(objects(rnic)).isNotEqualTo(before);
                }
            }
            assertThat(objects(rnic)).isEqualTo(before);
            assertThat(numbers).as("a number does not come back soon").hasSize(2000);
        }
    }

    @EveryDoor
    void shouldRefuseObjectsBeyondTheLimitsAndWorkAgainBelowThem(final RnicOptions options) {
        try (Rnic rnic = Rnic.open(options.with("maxQueuePairs", "3").with("maxCompletionQueues", "2")
                .with("maxMemoryRegions", "4"));
            ProtectionDomain domain = rnic.allocateProtectionDomain();
            CompletionQueue queue = rnic.createCompletionQueue(4);
            CompletionQueue second = rnic.createCompletionQueue(4);
            QueuePair one = domain.createQueuePair(QueuePairOptions.of(queue));
            QueuePair two = domain.createQueuePair(QueuePairOptions.of(second))) {
            assertThat(expect(RnicError.DEVICE_LIMIT, () -> rnic.createCompletionQueue(4)))
                .hasMessageContaining("maxCompletionQueues");
            for (int i = 0; i < 10; i++) {
                final QueuePair three = domain.createQueuePair(QueuePairOptions.of(queue));
                assertThat(expect(RnicError.DEVICE_LIMIT, () -> domain.createQueuePair(QueuePairOptions.of(queue))))
                    .hasMessageContaining("maxQueuePairs");
                three.close();
            }
            final MemoryRegion[] regions = new MemoryRegion[4];
            for (int i = 0; i < 4; i++) {
                regions[i] = domain.registerMemory(Arena.ofAuto().allocate(8));
            }
            final Map<String, Long> full = objects(rnic);
            assertThat(expect(RnicError.DEVICE_LIMIT, () -> domain.registerMemory(Arena.ofAuto().allocate(8))))
                .hasMessageContaining("maxMemoryRegions");
            assertThat(objects(rnic)).as("a refused registration pins nothing").isEqualTo(full);
            for (final MemoryRegion region : regions) {
                region.close();
            }
            assertThat(one.number()).isNotEqualTo(two.number());
        }
    }

    @EveryDoor
    void shouldAccountOnBoardMemoryAndRefuseBeyondIt(final RnicOptions options) {
        try (Rnic rnic = Rnic.open(options.with("onBoardMemory", "4K"));
            ProtectionDomain domain = rnic.allocateProtectionDomain();
            Arena arena = Arena.ofShared()) {
            final Map<String, Long> before = objects(rnic);
            assertThat(expect(RnicError.DEVICE_LIMIT,
                () -> domain.registerMemory(arena.allocate(4 << 20), Access.LOCAL_WRITE, Access.REMOTE_WRITE)))
                .hasMessageContaining("onBoardMemory");
            assertThat(objects(rnic)).isEqualTo(before);
            try (MemoryRegion local = domain.registerMemory(arena.allocate(8, 8))) {
                assertThat(rnic.counters()).as("the kernel's NIC needs no translations of local buffers (paper, III-A)")
                    .containsEntry("device.onBoardBytes", rnic.frontEnd().equals("kernel") ? 0L : 64 + 8L);
                assertThat(local.length()).isEqualTo(8);
            }
        }
    }

    @EveryDoor
    void shouldRefuseQueuePairsBeyondTheAttributes(final RnicOptions options) {
        try (Rnic rnic = Rnic.open(options); ProtectionDomain domain = rnic.allocateProtectionDomain();
            CompletionQueue queue = rnic.createCompletionQueue(4)) {
            final QueuePairOptions good = QueuePairOptions.of(queue);
            final Map<String, Long> before = objects(rnic);
            for (final QueuePairOptions bad : List.of(good.withRequests(0, 1), good.withRequests(1, -1),
                good.withRequests(1 << 20, 1), good.withSges(0, 1), good.withSges(1, 17), good.withInlineBytes(-1),
                good.withInlineBytes(513), good.withRequests(Integer.MAX_VALUE, Integer.MIN_VALUE))) {
                assertThat(expect(RnicError.INVALID_ARGUMENT, () -> domain.createQueuePair(bad)))
                    .hasMessageContaining("allowed");
            }
            assertThat(objects(rnic)).isEqualTo(before);
            try (Rnic other = Rnic.open(options); CompletionQueue foreign = other.createCompletionQueue(4)) {
                assertThatThrownBy(() -> domain.createQueuePair(QueuePairOptions.of(foreign)))
                    .isInstanceOf(RnicException.class);
            }
        }
    }
}
