package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.registration.CacheLimits;
import io.rnic.registration.CachedRegion;
import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.RegistrationCache;
import io.rnic.registration.policy.Policies;
import io.rnic.verbs.Access;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The cache of registrations with policies that break, and arguments that it refuses, through every door. */
class RegistrationFaultsTest {
    private static final int PAGE = CostModel.PAGE_BYTES;

    private Rnic rnic;
    private ProtectionDomain domain;
    private MemorySegment memory;

    @BeforeEach
    void open(final RnicOptions options) {
        rnic = Rnic.open(options);
        domain = rnic.allocateProtectionDomain();
        memory = Arena.ofAuto().allocate(100L * PAGE, PAGE);
    }

    @AfterEach
    void close() {
        // Refused if a registration is left.
        domain.close();
        rnic.close();
    }

    private RegistrationCache cache(final String policy, final CacheLimits limits) {
        return new RegistrationCache(domain, Policies.find(policy, getClass().getClassLoader())
            .apply(new PolicyContext(limits.pages(), CostModel.MLOCK)), limits, Access.LOCAL_WRITE);
    }

    /** Throws at every third call of one of its methods. */
    private static final class Thrower implements Policy {
        private final String at;
        private final Set<Integer> regions = new HashSet<>();
        private int calls;

        Thrower(final String at) {
            this.at = at;
        }

        private void called(final String method) {
            if (method.equals(at) && ++calls % 3 == 0) {
                throw new UnsupportedOperationException(method);
            }
        }

        @Override
        public void added(final int region, final long key, final int pages) {
            called("added");
            regions.add(region);
        }

        @Override
        public void hit(final int region) {
            called("hit");
        }

        @Override
        public int victim(final Idle idle) {
            called("victim");
            return regions.stream().filter(idle::test).findFirst().orElse(NONE);
        }

        @Override
        public void removed(final int region, final boolean evicted) {
            regions.remove(region);
            called("removed");
        }
    }

    @EveryDoor
    void shouldLoseNoLeaseToAPolicyThatThrows() {
        for (final String at : new String[] {"added", "hit", "victim", "removed"}) {
            final RegistrationCache cache = new RegistrationCache(domain, new Thrower(at), CacheLimits.ofPages(4),
                Access.LOCAL_WRITE);
            int thrown = 0;
            for (int i = 0; i < 2000; i++) {
                try {
                    // Enough in a row for the log of hits to be full.
                    cache.lease(memory, (i / 300 + i % 300 / 290 * (i % 10)) * (long) PAGE, 10).close();
                } catch (final UnsupportedOperationException e) {
                    thrown++;
                }
            }
            assertThat(thrown).as(at).isPositive();
            assertThat(cache.statistics().puts()).isLessThanOrEqualTo(cache.statistics().gets());
            try {
                cache.close();
            } catch (final UnsupportedOperationException e) {
                expectRefused(RnicError.CLOSED, cache::close);
            }
            assertThat(cache.statistics().asMap()).containsEntry("bytes", 0L).containsEntry("regions", 0L);
        }
    }

    /** Throws at the end of every region. */
    private static final class Ender implements Policy {
        private final Throwable thrown;

        Ender(final Throwable thrown) {
            this.thrown = thrown;
        }

        @Override
        public void added(final int region, final long key, final int pages) {
        }

        @Override
        public void hit(final int region) {
        }

        @Override
        public int victim(final Idle idle) {
            return NONE;
        }

        @Override
        public void removed(final int region, final boolean evicted) {
            Ender.<RuntimeException>sneak(thrown);
        }

        @SuppressWarnings("unchecked") // the type is erased
        private static <T extends Throwable> void sneak(final Throwable thrown) throws T {
            throw (T) thrown;
        }
    }

    @EveryDoor
    void shouldGiveUpAllWhateverAPolicyThrows() {
        for (final Throwable thrown : List.of(new AssertionError("its own"), new IOException("its own"),
            new IllegalStateException("its own"))) {
            final RegistrationCache cache = new RegistrationCache(domain, new Ender(thrown), CacheLimits.ofPages(50),
                Access.LOCAL_WRITE);
            try (Arena arena = Arena.ofShared()) {
                final MemorySegment closing = arena.allocate(3L * PAGE, PAGE);
                for (int page = 0; page < 9; page++) {
                    cache.lease(page < 6 ? memory : closing, page % 6 * (long) PAGE, PAGE).close();
                }
            }
            assertThatThrownBy(cache::invalidateClosed).isSameAs(thrown);
            assertThat(cache.statistics().regions()).isEqualTo(6);
            assertThatThrownBy(() -> cache.invalidate(memory.asSlice(0, 3L * PAGE))).isSameAs(thrown);
            assertThat(cache.statistics().regions()).isEqualTo(3);
            assertThat(cache.statistics().regionsInvUnmap()).isEqualTo(6);
            assertThatThrownBy(cache::close).isSameAs(thrown);
            assertThat(domain.query().memoryRegions()).isZero();
            expectRefused(RnicError.CLOSED, cache::close);
        }
    }

    @EveryDoor
    void shouldRefuseMoreThanTheLimitPerRequestToo() {
        try (RegistrationCache cache = cache("none", CacheLimits.ofPages(4))) {
            expectRefused(RnicError.LOCKED_MEMORY_LIMIT, () -> cache.lease(memory, 0, 5 * PAGE));
            try (CachedRegion lease = cache.lease(memory, 0, 3 * PAGE)) {
                assertThat(lease.region().length()).isEqualTo(3L * PAGE);
                assertThat(cache.statistics().bytes()).isEqualTo(3L * PAGE);
                expectRefused(RnicError.LOCKED_MEMORY_LIMIT, () -> cache.lease(memory, 0, 2 * PAGE));
                cache.lease(memory, 0, PAGE).close();
                expectRefused(RnicError.BUSY, cache::close);
            }
            cache.lease(memory, 0, 4 * PAGE).close();
        }
    }

    @EveryDoor
    void shouldRefuseReadOnlyMemoryThatIsRegisteredForWriting() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(4))) {
            cache.introduce(memory);
            expectRefused(RnicError.INVALID_ARGUMENT, () -> cache.lease(memory.asReadOnly(), 0, PAGE));
            cache.lease(memory, 0, PAGE).close();
            expectRefused(RnicError.INVALID_ARGUMENT, () -> cache.lease(memory.asReadOnly(), 0, PAGE));
        }
        try (RegistrationCache cache = new RegistrationCache(domain, Policies.find("lru", getClass().getClassLoader())
            .apply(new PolicyContext(4, CostModel.MLOCK)), CacheLimits.ofPages(4))) {
            cache.lease(memory.asReadOnly(), 0, PAGE).close();
        }
    }

    @EveryDoor
    void shouldKnowABufferWhateverBecomesOfItsSlices() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(50))) {
            cache.introduce(memory.asSlice(8 * PAGE, 100));
            cache.introduce(memory);
            cache.introduce(memory.asSlice(4 * PAGE, 100));
            cache.introduce(memory.asSlice(0, 100));
            cache.invalidate(memory.asSlice(0, 10));
            for (int page = 0; page < 10; page++) {
                try (CachedRegion lease = cache.lease(memory.asSlice((long) page * PAGE + 20, 50))) {
                    assertThat(lease.region().length()).as("page %d", page).isEqualTo(PAGE);
                }
            }
            cache.invalidate(memory);
            try (CachedRegion lease = cache.lease(memory.asSlice(20, 50))) {
                assertThat(lease.region().length()).isEqualTo(50);
            }
        }
    }
}
