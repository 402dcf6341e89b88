package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.registration.CacheLimits;
import io.rnic.registration.CachedRegion;
import io.rnic.registration.CostModel;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.RegistrationCache;
import io.rnic.registration.policy.Policies;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A cache whose regions others deregister: the kernel takes them, or the application closes them behind its back. */
class LostRegionsTest {
    private static final int PAGE = CostModel.PAGE_BYTES;
    private static final int TOTAL = 100;

    private final MemorySegment memory = Arena.ofAuto().allocate(2L * TOTAL * PAGE, PAGE);
    private RnicOptions options = RnicOptions.defaults();
    private Rnic rnic;
    private ProtectionDomain domain;

    @BeforeEach
    void open(final RnicOptions each) {
        options = each.with("kernel.lockedMemoryTotal", TOTAL * PAGE + "")
            .with("kernel.lockedMemorySharing", "reclaim");
        rnic = Rnic.open(options.with("process", "first"));
        domain = rnic.allocateProtectionDomain();
    }

    @AfterEach
    void close() {
        // Refused if a registration is left.
        domain.close();
        rnic.close();
    }

    private RegistrationCache cache(final String policy) {
        return new RegistrationCache(domain, Policies.find(policy, getClass().getClassLoader())
            .apply(new PolicyContext(10_000, CostModel.MLOCK)), CacheLimits.ofPages(10_000));
    }

    /** Another process registers so many pages: the kernel takes as many of this one's, the oldest first. */
    private void take(final int pages) {
        try (Rnic other = Rnic.open(options.with("process", "second"));
            ProtectionDomain its = other.allocateProtectionDomain();
            MemoryRegion region = its.registerMemory(memory.asSlice((long) TOTAL * PAGE, (long) pages * PAGE))) {
            assertThat(region.length()).isEqualTo((long) pages * PAGE);
            assertThat(rnic.counters()).containsEntry("process.bytesCut", (long) pages * PAGE);
        }
    }

    @EveryDoor
    void shouldRegisterAnewWhatTheKernelTook() {
        if (!"kernel".equals(options.effective().get(RnicOptions.FRONT_END))) {
            return;
        }
        try (RegistrationCache cache = cache("lru")) {
            for (int page = 0; page < TOTAL; page++) {
                cache.lease(memory, (long) page * PAGE, PAGE).close();
            }
            final CachedRegion leased = cache.lease(memory, 0, PAGE);
            take(30);
            assertThat(cache.statistics().asMap()).containsEntry("regions", 70L).containsEntry("bytes", 70L * PAGE)
                .containsEntry("regions_lost", 30L).containsEntry("mem_regs", 100L).containsEntry("mem_deregs", 0L);
            for (int page = 0; page < TOTAL; page++) {
                try (CachedRegion lease = cache.lease(memory, (long) page * PAGE, PAGE)) {
                    assertThat(lease.region().query().lkey()).as("page %d", page).isEqualTo(lease.lkey());
                }
            }
            assertThat(cache.statistics().memRegs()).isEqualTo(130);
            assertThat(cache.statistics().bytes()).isEqualTo(100L * PAGE);
            expectRefused(RnicError.BUSY, cache::close);
            leased.close();
            assertThat(cache.statistics().puts()).isEqualTo(cache.statistics().gets());
        }
    }

    @EveryDoor
    void shouldRegisterAnewWhatTheApplicationClosed() {
        try (RegistrationCache cache = cache("lru")) {
            for (int round = 0; round < 4; round++) {
                final CachedRegion lease = cache.lease(memory, 0, 2 * PAGE);
                assertThat(lease.region().query().lkey()).isEqualTo(lease.lkey());
                cache.lease(memory, PAGE, PAGE).close();
                if (round % 2 == 0) {
                    lease.region().close();
                    lease.close();
                } else {
                    lease.close();
                    lease.region().close();
                }
                assertThat(cache.statistics().asMap()).containsEntry("regions_lost", round + 1L)
                    .containsEntry("regions", 0L).containsEntry("bytes", 0L).containsEntry("mem_regs", round + 1L)
                    .containsEntry("mem_deregs", 0L);
                expectRefused(RnicError.INVALID_STATE, lease::region);
            }
        }
    }

    @EveryDoor
    void shouldCountNothingThatIsLostAfterItWasGivenUp() {
        for (final String policy : new String[] {"none", "lru"}) {
            try (RegistrationCache cache = cache(policy)) {
                final CachedRegion lease = cache.lease(memory, 0, PAGE);
                cache.invalidate(memory);
                assertThat(cache.statistics().bytes()).isEqualTo(PAGE);
                lease.region().close();
                assertThat(cache.statistics().bytes()).isZero();
                lease.close();
                assertThat(cache.statistics().asMap()).containsEntry("bytes", 0L).containsEntry("regions_lost", 1L)
                    .containsEntry("puts", 1L).containsEntry("mem_deregs", 0L);
            }
        }
    }

    @EveryDoor
    void shouldTellOnceThatARegionIsDeregistered() {
        final int[] told = new int[2];
        final MemoryRegion region = domain.registerMemory(memory.asSlice(0, PAGE));
        region.onDeregister(() -> told[0]++);
        region.onDeregister(() -> {
            told[1]++;
            throw new AssertionError("an application's own affair");
        });
        region.close();
        assertThat(told).containsExactly(0, 1);
        region.onDeregister(() -> told[0]++);
        assertThat(told).containsExactly(1, 1);
    }
}
