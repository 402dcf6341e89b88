package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.rnic.registration.CacheLimits;
import io.rnic.registration.CachedRegion;
import io.rnic.registration.CostModel;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.RegionTable;
import io.rnic.registration.RegistrationCache;
import io.rnic.registration.policy.Policies;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The cache of registrations, through every door. */
class RegistrationCacheTest {
    private static final int PAGE = CostModel.PAGE_BYTES;

    private Rnic rnic;
    private ProtectionDomain domain;
    private MemorySegment memory;

    @BeforeEach
    void open(final RnicOptions options) {
        rnic = Rnic.open(options.with("lockedMemory", "4M").with("onBoardMemory", "unlimited")
            .with("maxMemoryRegions", "200000"));
        domain = rnic.allocateProtectionDomain();
        memory = Arena.ofAuto().allocate(1000L * PAGE, PAGE);
    }

    @AfterEach
    void close() {
        domain.close();
        rnic.close();
    }

    private RegistrationCache cache(final String policy, final CacheLimits limits) {
        return new RegistrationCache(domain, Policies.find(policy, getClass().getClassLoader())
            .apply(new PolicyContext(limits.pages(), CostModel.MLOCK)), limits, Access.LOCAL_WRITE);
    }

    @EveryDoor
    void shouldServeAPartOfWhatIsRegisteredRoundedToPages() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(100))) {
            try (CachedRegion lease = cache.lease(memory, 10, 5000)) {
                assertThat(lease.region().address()).isEqualTo(memory.address());
                assertThat(lease.region().length()).isEqualTo(2 * PAGE);
                try (CachedRegion inside = cache.lease(memory, 0, 2 * PAGE)) {
                    assertThat(inside).isSameAs(lease);
                    assertThat(inside.lkey()).isEqualTo(lease.region().lkey());
                }
            }
            cache.lease(memory, 2 * PAGE, 1).close();
            assertThat(cache.statistics().asMap()).containsEntry("gets", 3L).containsEntry("misses", 2L)
                .containsEntry("hits_fast", 1L).containsEntry("puts", 3L).containsEntry("mem_regs", 2L)
                .containsEntry("mem_deregs", 0L).containsEntry("bytes", 3L * PAGE);
        }
    }

    @EveryDoor
    void shouldRoundSlicesOfABufferThatItWasToldOf() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(100))) {
            cache.introduce(memory);
            cache.lease(memory.asSlice(100, 50)).close();
            cache.lease(memory.asSlice(3000, 50)).close();
            assertThat(cache.statistics().hitsFast()).isEqualTo(1);
        }
    }

    @EveryDoor
    void shouldKeepItsLimitsAndWhatIsLeased() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(8).withRegions(3))) {
            try (CachedRegion kept = cache.lease(memory, 0, 4 * PAGE)) {
                for (int i = 10; i < 50; i++) {
                    cache.lease(memory, (long) i * PAGE, PAGE).close();
                    assertThat(cache.statistics().regions()).isLessThanOrEqualTo(3);
                    assertThat(cache.statistics().bytes()).isLessThanOrEqualTo(8L * PAGE);
                }
                try (CachedRegion part = cache.lease(memory, PAGE, 1)) {
                    assertThat(part).isSameAs(kept);
                }
                expectRefused(RnicError.LOCKED_MEMORY_LIMIT, () -> cache.lease(memory, 100 * PAGE, 5 * PAGE));
                expectRefused(RnicError.LOCKED_MEMORY_LIMIT, () -> cache.lease(memory, 100 * PAGE, 9 * PAGE));
                expectRefused(RnicError.BUSY, cache::close);
            }
            cache.lease(memory, 100 * PAGE, 8 * PAGE).close();
            assertThat(cache.statistics().asMap()).containsEntry("regions", 1L).containsEntry("regions_lost", 0L);
        }
    }

    @EveryDoor
    void shouldGiveUpOthersWhenTheDeviceLocksNoMore() {
        // The device may pin 4 MiB: 1024 pages; the cache more.
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(100_000))) {
            final MemorySegment large = Arena.ofAuto().allocate(2000L * PAGE, PAGE);
            for (int i = 0; i < 2000; i += 100) {
                cache.lease(large, (long) i * PAGE, 100 * PAGE).close();
            }
            assertThat(cache.statistics().evictions()).isEqualTo(10);
            expectRefused(RnicError.LOCKED_MEMORY_LIMIT, () -> cache.lease(large, 0, 1100L * PAGE));
            assertThat(cache.statistics().regions()).isZero();
        }
    }

    @EveryDoor
    void shouldNotServeOtherMemoryAtTheAddressOfMemoryThatIsGone() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(100))) {
            final MemorySegment gone;
            final CachedRegion old;
            try (Arena first = Arena.ofShared()) {
                gone = first.allocate(PAGE, PAGE);
                old = cache.lease(gone);
                old.close();
            }
            // The same address, by another arena.
            final MemorySegment next = MemorySegment.ofAddress(gone.address()).reinterpret(PAGE);
            try (CachedRegion region = cache.lease(next)) {
                assertThat(region).isNotSameAs(old);
                assertThat(region.region().segment()).isEqualTo(next);
            }
            assertThat(cache.statistics().asMap()).containsEntry("regions_inv_unmap", 1L)
                .containsEntry("unmap_events", 1L).containsEntry("mem_deregs", 1L).containsEntry("misses", 2L);
        }
    }

    @EveryDoor
    void shouldGiveUpWhatBelongsToClosedArenas() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(100))) {
            cache.lease(memory, 0, 10).close();
            try (Arena arena = Arena.ofShared()) {
                cache.lease(arena.allocate(5 * PAGE, PAGE)).close();
            }
            assertThat(cache.invalidateClosed()).isEqualTo(1);
            assertThat(cache.statistics().regions()).isEqualTo(1);
        }
    }

    @EveryDoor
    void shouldRefuseMemoryWhoseArenaIsClosed() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(100))) {
            final MemorySegment gone;
            try (Arena arena = Arena.ofShared()) {
                gone = arena.allocate(PAGE, PAGE);
                cache.lease(gone).close();
                cache.lease(gone).close();
            }
            expectRefused(RnicError.INVALID_ARGUMENT, () -> cache.lease(gone));
            assertThat(cache.statistics().regions()).isZero();
        }
    }

    @EveryDoor
    void shouldDeregisterWhatIsInvalidatedWhenItsLeaseEnds() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(100))) {
            final CachedRegion lease = cache.lease(memory, 0, PAGE);
            cache.invalidate(memory.asSlice(0, PAGE));
            assertThat(cache.statistics().memDeregs()).isZero();
            assertThat(cache.statistics().bytes()).isEqualTo(PAGE);
            lease.close();
            assertThat(cache.statistics().memDeregs()).isEqualTo(1);
            assertThat(cache.statistics().bytes()).isZero();
            expectRefused(RnicError.INVALID_STATE, lease::close);
            assertThat(cache.lease(memory, 0, PAGE)).isNotSameAs(lease).satisfies(CachedRegion::close);
        }
    }

    @EveryDoor
    void shouldTellTheRegistrationOfALeaseUntilItIsDeregistered() {
        for (final String policy : new String[] {"lru", "none"}) {
            try (RegistrationCache cache = cache(policy, CacheLimits.ofPages(1))) {
                final CachedRegion first = cache.lease(memory, 0, PAGE);
                assertThat(first.region().query().lkey()).isEqualTo(first.lkey());
                assertThat(first.rkey()).isEqualTo(first.region().rkey());
                first.close();
                try (CachedRegion second = cache.lease(memory, PAGE, PAGE)) {
                    assertThat(second.region().query().lkey()).isEqualTo(second.lkey());
                    expectRefused(RnicError.INVALID_STATE, first::region);
                    expectRefused(RnicError.INVALID_STATE, first::rkey);
                }
            }
        }
    }

    @EveryDoor
    void shouldDeregisterLaterWhatAMemoryWindowIsBoundTo() {
        final AtomicBoolean bound = new AtomicBoolean();
        final CacheLimits limits = CacheLimits.ofPages(1);
        try (RegistrationCache cache = new RegistrationCache(binding(bound), Policies.find("lru",
            getClass().getClassLoader()).apply(new PolicyContext(1, CostModel.MLOCK)), limits, Access.LOCAL_WRITE)) {
            cache.lease(memory, 0, PAGE).close();
            bound.set(true);
            assertThatThrownBy(() -> cache.lease(memory, PAGE, PAGE)).isInstanceOf(RnicException.class)
                .hasMessageContaining("memory windows are bound to 1");
            // What cannot go is not given up, and serves.
            final CachedRegion held = cache.lease(memory, 0, PAGE);
            held.close();
            assertThat(cache.giveBack(PAGE)).isZero();
            assertThat(cache.statistics().asMap()).containsEntry("regions", 1L).containsEntry("evictions", 0L)
                .containsEntry("hits_fast", 1L).containsEntry("mem_deregs", 0L);
            cache.invalidate(memory);
            assertThat(cache.statistics().asMap()).containsEntry("regions", 0L).containsEntry("bytes", (long) PAGE);
            expectRefused(RnicError.BUSY, cache::close);
            assertThat(held.region().lkey()).isEqualTo(held.lkey());
            bound.set(false);
            assertThat(cache.giveBack(PAGE)).isEqualTo(PAGE);
            expectRefused(RnicError.INVALID_STATE, held::region);
            cache.lease(memory, PAGE, PAGE).close();
            assertThat(cache.statistics().asMap()).containsEntry("regions", 1L).containsEntry("bytes", (long) PAGE)
                .containsEntry("mem_deregs", 1L);
        }
    }

    /** What stays for its windows, in the cache or after it was invalidated, may be deregistered by others too. */
    @EveryDoor
    void shouldForgetWhatIsLostWhileAMemoryWindowIsBoundToIt() {
        for (final boolean invalidated : new boolean[] {false, true}) {
            final AtomicBoolean bound = new AtomicBoolean();
            try (RegistrationCache cache = new RegistrationCache(binding(bound), Policies.find("lru",
                getClass().getClassLoader()).apply(new PolicyContext(1, CostModel.MLOCK)), CacheLimits.ofPages(1),
                Access.LOCAL_WRITE)) {
                final CachedRegion held = cache.lease(memory, 0, PAGE);
                held.close();
                bound.set(true);
                assertThat(cache.giveBack(PAGE)).isZero();
                if (invalidated) {
                    cache.invalidate(memory);
                }
                bound.set(false);
                held.region().close();
                assertThat(cache.statistics().asMap()).containsEntry("regions_lost", 1L).containsEntry("regions", 0L)
                    .containsEntry("bytes", 0L).containsEntry("mem_deregs", 0L);
                expectRefused(RnicError.INVALID_STATE, held::region);
            }
        }
    }

    /** The domain, whose regions are as if windows were bound to them while that is true. */
    private ProtectionDomain binding(final AtomicBoolean bound) {
        return proxy(ProtectionDomain.class, (self, method, arguments) -> {
            final Object result = call(domain, method, arguments);
            return result instanceof MemoryRegion region ? proxy(MemoryRegion.class, (same, inner, given) -> {
                if (inner.getName().equals("close") && bound.get()) {
                    throw new RnicException(RnicError.BUSY, "a memory window is bound to the region");
                }
                return call(region, inner, given);
            }) : result;
        });
    }

    private static <T> T proxy(final Class<T> type, final InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(final Object on, final Method method, final Object[] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (final InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @EveryDoor
    void shouldFindTheRegionThatATableFindsWhateverOverlaps() {
        for (final String policy : List.of("lru", "arc", "s3-fifo", "gdsf")) {
            for (final boolean merge : new boolean[] {false, true}) {
                final CacheLimits limits = CacheLimits.ofPages(300).withMerge(merge);
                final RegionTable table = new RegionTable(Policies.find(policy, getClass().getClassLoader())
                    .apply(new PolicyContext(limits.pages(), CostModel.MLOCK)), limits, new NoMemory(), 0);
                final SplittableRandom random = new SplittableRandom(11);
                try (RegistrationCache cache = cache(policy, limits)) {
                    for (int i = 0; i < 5000; i++) {
                        final int from = random.nextInt(4) == 0 ? random.nextInt(900) : random.nextInt(200);
                        final int to = from + 1 + random.nextInt(random.nextInt(8) == 0 ? 90 : 6);
                        int expected = table.find(from, to);
                        if (expected == RegionTable.NONE) {
                            expected = table.add(from, to, 0, 1000);
                        } else {
                            table.hit(expected);
                        }
                        try (CachedRegion lease = cache.lease(memory, (long) from * PAGE, (long) (to - from) * PAGE)) {
                            assertThat(lease.region().address() - memory.address()).as("step %d", i)
                                .isEqualTo(table.first(expected) * PAGE);
                            assertThat(lease.region().length()).isEqualTo((long) table.pages(expected) * PAGE);
                        }
                    }
                    assertThat(cache.statistics().regions()).isEqualTo(table.regions());
                    assertThat(cache.statistics().hitsFast()).isGreaterThan(cache.statistics().hitsSlow());
                }
            }
        }
    }

    /** Registers nothing. */
    private static final class NoMemory implements RegionTable.Registrar {
        @Override
        public boolean register(final int region, final long from, final long to) {
            return true;
        }

        @Override
        public boolean deregister(final int region) {
            return true;
        }

        @Override
        public boolean isIdle(final int region) {
            return true;
        }
    }

    @EveryDoor
    void shouldMergeNeighboursIfItIsToldTo() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(100).withMerge(true))) {
            cache.lease(memory, 0, PAGE).close();
            cache.lease(memory, 2 * PAGE, PAGE).close();
            try (CachedRegion union = cache.lease(memory, PAGE, PAGE)) {
                assertThat(union.region().length()).isEqualTo(3 * PAGE);
            }
            assertThat(cache.statistics().asMap()).containsEntry("regions_merged", 2L).containsEntry("regions", 1L);
        }
    }

    @EveryDoor
    void shouldRegisterForEachRequestOrAllBeforehandAsThePolicySays() {
        try (RegistrationCache cache = cache("none", CacheLimits.ofPages(100))) {
            cache.lease(memory, 0, PAGE).close();
            cache.lease(memory, 0, PAGE).close();
            assertThat(cache.statistics().memDeregs()).isEqualTo(2);
            assertThat(cache.statistics().regions()).isZero();
        }
        try (RegistrationCache cache = cache("all-beforehand", CacheLimits.ofPages(1))) {
            cache.lease(memory, 500 * PAGE, PAGE).close();
            try (CachedRegion all = cache.lease(memory, 0, PAGE)) {
                assertThat(all.region().length()).isEqualTo(memory.byteSize());
            }
        }
        assertThatThrownBy(() -> cache("odp", CacheLimits.ofPages(1))).hasMessageContaining("simulated");
    }

    @EveryDoor
    void shouldRefuseWhatIsNoPartOfNativeMemory() {
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(10))) {
            expectRefused(RnicError.INVALID_ARGUMENT, () -> cache.lease(memory, 0, 0));
            expectRefused(RnicError.INVALID_ARGUMENT, () -> cache.lease(memory, -1, 5));
            expectRefused(RnicError.INVALID_ARGUMENT, () -> cache.lease(memory, 1000 * PAGE - 4, 5));
            expectRefused(RnicError.INVALID_ARGUMENT, () -> cache.lease(memory, Long.MAX_VALUE, 5));
            expectRefused(RnicError.INVALID_ARGUMENT, () -> cache.lease(MemorySegment.ofArray(new byte[64])));
            try (Arena confined = Arena.ofConfined()) {
                expectRefused(RnicError.INVALID_ARGUMENT, () -> cache.lease(confined.allocate(64)));
            }
            assertThat(cache.statistics().regions()).isZero();
        }
    }

    @EveryDoor
    void shouldAllocateNothingForAHit() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (RegistrationCache cache = cache("lru", CacheLimits.ofPages(1000))) {
            for (int i = 0; i < 500; i++) {
                cache.lease(memory, 2L * i * PAGE, PAGE).close();
            }
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 20; round++) {
                final long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 10_000; i++) {
                    cache.lease(memory, 2L * (i * 7 % 500) * PAGE, 100).close();
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).isLessThan(1000);
            assertThat(cache.statistics().misses()).isEqualTo(500);
        }
    }

    @EveryDoor
    void shouldBeSafeUnderThreads() throws Exception {
        final ExecutorService pool = Executors.newFixedThreadPool(4);
        try (RegistrationCache cache = cache("s3-fifo", CacheLimits.ofPages(60).withBatch(4))) {
            final List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                final SplittableRandom random = new SplittableRandom(thread);
                all.add(pool.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        final long from = random.nextLong(900) * PAGE + random.nextInt(PAGE);
                        final long length = 1L + random.nextInt(8 * PAGE);
                        try (CachedRegion lease = cache.lease(memory, from, length)) {
                            assertThat(lease.region().address()).isLessThanOrEqualTo(memory.address() + from);
                            assertThat(lease.region().address() + lease.region().length())
                                .isGreaterThanOrEqualTo(memory.address() + from + length);
                            // Not deregistered while it is leased: that would be CLOSED.
                            lease.region().query();
                        }
                        if (random.nextInt(500) == 0) {
                            cache.invalidate(memory.asSlice(from, 1));
                        }
                    }
                }));
            }
            for (final Future<?> each : all) {
                each.get();
            }
            assertThat(cache.statistics().gets()).isEqualTo(80_000);
            assertThat(cache.statistics().puts()).isEqualTo(80_000);
            assertThat(cache.statistics().memRegs() - cache.statistics().memDeregs())
                .isEqualTo(cache.statistics().regions());
            assertThat(cache.giveBack(Long.MAX_VALUE >> 1)).isPositive();
            assertThat(cache.statistics().bytes()).isZero();
        } finally {
            pool.shutdownNow();
        }
    }
}
