package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.RegistrationCache;
import io.rnic.registration.policy.Policies;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;

/**
 * Two processes and one limit on locked memory. The kernel arbitrates; at user level the first to come keeps what it
 * has, and the device's budget is all there is.
 */
class MemorySharingTest {
    private static final int PAGE = 4096;
    private static final int TOTAL = 100;

    /** One device for both processes. */
    private RnicOptions device = RnicOptions.defaults();

    private final MemorySegment memory = Arena.ofAuto().allocate(400L * PAGE, PAGE);

    /** A process with a cache that would take all there is. */
    private final class Tenant implements AutoCloseable {
        final Rnic rnic;
        final ProtectionDomain domain;
        final RegistrationCache cache;

        Tenant(final RnicOptions options, final String name) {
            rnic = Rnic.open(options.with("process", name));
            domain = rnic.allocateProtectionDomain();
            final CacheLimits limits = CacheLimits.ofPages(10_000);
            cache = new RegistrationCache(domain, Policies.find("lru", MemorySharingTest.class.getClassLoader())
                .apply(new PolicyContext(limits.pages(), CostModel.MLOCK)), limits);
        }

        void use(final int firstPage, final int pages) {
            for (int page = firstPage; page < firstPage + pages; page++) {
                cache.lease(memory, (long) page * PAGE, PAGE).close();
            }
        }

        long pages() {
            return cache.statistics().bytes() / PAGE;
        }

        @Override
        public void close() {
            cache.close();
            domain.close();
            rnic.close();
        }
    }

    @BeforeEach
    void nameTheDevice(final RnicOptions options) {
        device = options;
    }

    private boolean isKernel() {
        return "kernel".equals(device.effective().get(RnicOptions.FRONT_END));
    }

    private RnicOptions options(final String sharing) {
        return device.with("lockedMemory", TOTAL * PAGE + "").with("kernel.lockedMemoryTotal",
            TOTAL * PAGE + "").with("kernel.lockedMemorySharing", sharing);
    }

    @EveryDoor
    void shouldTakeBackWhatOthersNeedIfTheKernelReclaims() {
        try (Tenant first = new Tenant(options("reclaim"), "first");
            Tenant second = new Tenant(options("reclaim"), "second")) {
            assertThat(first.rnic.onReclaim(first.cache::giveBack)).isEqualTo(isKernel());
            assertThat(second.rnic.onReclaim(second.cache::giveBack)).isEqualTo(isKernel());
            first.use(0, TOTAL);
            assertThat(first.pages()).isEqualTo(TOTAL);
            if (isKernel()) {
                second.use(200, 30);
                assertThat(second.pages()).isEqualTo(30);
                assertThat(first.pages()).isEqualTo(70);
                // No more than its part: from then on it gives up its own.
                second.use(230, 100);
                assertThat(second.pages()).isEqualTo(50);
                assertThat(first.pages()).isEqualTo(50);
                assertThat(first.rnic.counters()).containsEntry("process.bytesGivenBack", 50L * PAGE)
                    .containsEntry("process.bytesCut", 0L);
            } else {
                // Nobody is there to ask the first: the second gets nothing.
                expectRefused(RnicError.LOCKED_MEMORY_LIMIT, () -> second.use(200, 30));
                assertThat(first.pages()).isEqualTo(TOTAL);
            }
        }
    }

    @EveryDoor
    void shouldCutAProcessThatDoesNotGiveBack() {
        try (Tenant first = new Tenant(options("reclaim"), "first");
            Tenant second = new Tenant(options("reclaim"), "second")) {
            first.rnic.onReclaim(bytes -> bytes);
            first.use(0, TOTAL);
            if (isKernel()) {
                second.use(200, 10);
                assertThat(second.pages()).isEqualTo(10);
                assertThat(first.rnic.counters()).containsEntry("process.bytesCut", 10L * PAGE)
                    .containsEntry("process.lockedBytes", 90L * PAGE);
            }
        }
    }

    @EveryDoor
    void shouldNotLetWhatOneProcessThrowsReachAnother() {
        try (Tenant first = new Tenant(options("reclaim"), "first");
            Tenant second = new Tenant(options("reclaim"), "second")) {
            first.rnic.onReclaim(bytes -> {
                throw new StackOverflowError("the first's own");
            });
            first.use(0, TOTAL);
            if (isKernel()) {
                second.use(200, 10);
                assertThat(first.rnic.counters()).containsEntry("process.bytesCut", 10L * PAGE);
            }
        }
    }

    @EveryDoor
    void shouldCutTheOldestRegionsAndLetTheirHandlesBeClosed() {
        if (!isKernel()) {
            return;
        }
        try (Tenant first = new Tenant(options("reclaim"), "first");
            Tenant second = new Tenant(options("reclaim"), "second")) {
            final MemoryRegion oldest = first.domain.registerMemory(memory.asSlice(0, 60L * PAGE));
            final MemoryRegion newest = first.domain.registerMemory(memory.asSlice(60L * PAGE, 40L * PAGE));
            second.use(200, 5);
            assertThat(first.rnic.counters()).containsEntry("process.bytesCut", 60L * PAGE)
                .containsEntry("process.lockedBytes", 40L * PAGE);
            oldest.close();
            newest.close();
            assertThat(first.rnic.counters()).containsEntry("process.lockedBytes", 0L);
        }
    }

    @EveryDoor
    void shouldCutWhatMemoryWindowsAreBoundTo() throws Exception {
        if (!isKernel()) {
            return;
        }
        try (Rnic first = Rnic.open(options("reclaim").with("process", "first"));
            Tenant second = new Tenant(options("reclaim"), "second");
            Side owner = Side.of(first); Side peer = Side.of(first);
            MemoryRegion region = owner.domain().registerMemory(memory.asSlice(0, 60L * PAGE), Access.LOCAL_WRITE,
                Access.REMOTE_WRITE, Access.MW_BIND);
            MemoryWindow window = owner.domain().allocateMemoryWindow()) {
            ConnectedPair.connect(owner.queuePair(), first, peer.queuePair());
            owner.queuePair().postSend(
                new SendRequest().bind(1, window, region, 0, PAGE, Access.REMOTE_WRITE).signalled(true));
            assertThat(owner.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
            // More than the sides' own regions, which are older, would give.
            second.use(200, 50);
            assertThat(second.pages()).isEqualTo(50);
            assertThat(first.counters()).containsEntry("process.lockedBytes", 0L);
        }
    }

    @EveryDoor
    void shouldAskAndCutAllWhoOpenedUnderOneName() {
        if (!isKernel()) {
            return;
        }
        try (Tenant first = new Tenant(options("reclaim"), "first");
            Tenant again = new Tenant(options("reclaim"), "first");
            Tenant second = new Tenant(options("reclaim"), "second")) {
            first.rnic.onReclaim(first.cache::giveBack);
            again.rnic.onReclaim(again.cache::giveBack);
            first.use(0, 10);
            again.use(10, 90);
            second.use(200, 20);
            assertThat(second.pages()).isEqualTo(20);
            assertThat(first.rnic.counters()).containsEntry("process.bytesGivenBack", 20L * PAGE)
                .containsEntry("process.bytesCut", 0L);
            first.rnic.onReclaim(bytes -> bytes);
            again.rnic.onReclaim(bytes -> bytes);
            second.use(220, 20);
            assertThat(second.pages()).isEqualTo(40);
            assertThat(first.rnic.counters()).containsEntry("process.bytesCut", 20L * PAGE);
        }
    }

    @EveryDoor
    void shouldForgetAnOpenerThatHasLeft() {
        if (!isKernel()) {
            return;
        }
        try (Tenant first = new Tenant(options("reclaim"), "first");
            Tenant second = new Tenant(options("reclaim"), "second")) {
            first.rnic.onReclaim(first.cache::giveBack);
            final AtomicInteger asked = new AtomicInteger();
            try (Tenant left = new Tenant(options("reclaim"), "first")) {
                left.rnic.onReclaim(bytes -> asked.incrementAndGet());
            }
            first.use(0, TOTAL);
            second.use(200, 20);
            assertThat(second.pages()).isEqualTo(20);
            assertThat(asked).hasValue(0);
        }
    }

    @EveryDoor
    void shouldSplitInEqualPartsForAGivenNumberOfProcesses() {
        try (Tenant first = new Tenant(options("static").with("kernel.processes", "4"), "first")) {
            first.use(0, TOTAL);
            assertThat(first.pages()).isEqualTo(isKernel() ? TOTAL / 4 : TOTAL);
        }
    }

    @EveryDoor
    void shouldSplitInEqualPartsForTheProcessesThatAreThere() {
        try (Tenant first = new Tenant(options("proportional"), "first")) {
            first.use(0, 80);
            assertThat(first.pages()).isEqualTo(80);
            if (isKernel()) {
                try (Tenant second = new Tenant(options("proportional"), "second")) {
                    // The first has more than half, and gets no more; nobody asks it back.
                    first.use(80, 1);
                    second.use(200, TOTAL);
                    assertThat(first.pages() + second.pages()).isLessThanOrEqualTo(TOTAL);
                    assertThat(second.pages()).isEqualTo(50);
                    assertThat(first.pages()).isEqualTo(50);
                }
                first.use(100, TOTAL);
                assertThat(first.pages()).isEqualTo(TOTAL);
            }
        }
    }

    @EveryDoor
    void shouldNameTheWaysToShare() {
        if (isKernel()) {
            assertThatThrownBy(() -> Rnic.open(options("fair"))).hasMessageContainingAll("fair", "static",
                "proportional", "reclaim");
        }
    }
}
