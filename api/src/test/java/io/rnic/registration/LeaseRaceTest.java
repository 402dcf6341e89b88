package io.rnic.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.registration.policy.Policies;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The last lease of a region ends while the cache gives it up: one of the two deregisters it, and only one. */
class LeaseRaceTest {
    private static final int ROUNDS = 50_000;
    private static final int CLOSINGS = 1000;
    private static final int PAGES = 300;
    private static final long PAGE = CostModel.PAGE_BYTES;

    private final AtomicInteger registered = new AtomicInteger();
    private final AtomicInteger deregistered = new AtomicInteger();
    /** One of the two threads is through, or has failed. */
    private volatile boolean over;
    private final ProtectionDomain domain = proxy(ProtectionDomain.class, (name, arguments) -> {
        registered.incrementAndGet();
        return region((MemorySegment) arguments[0]);
    });

    private MemoryRegion region(final MemorySegment memory) {
        final AtomicInteger closes = new AtomicInteger();
        return proxy(MemoryRegion.class, (name, arguments) -> switch (name) {
            case "address" -> memory.address();
            case "length" -> memory.byteSize();
            case "close" -> {
                assertThat(closes.incrementAndGet()).as("deregistrations of one region").isOne();
                deregistered.incrementAndGet();
                yield null;
            }
            default -> 1; // a key
        });
    }

    private interface Answers {
        @Nullable Object to(String method, Object[] arguments);
    }

    private static <T> T proxy(final Class<T> type, final Answers answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, arguments) -> answers.to(method.getName(), arguments)));
    }

    /** Runs both at the same moment, again and again; what is leased before each round is given to the first. */
    private void race(final Giving giving) throws Exception {
        final MemorySegment memory = Arena.ofAuto().allocate(4 * PAGE, PAGE);
        final CacheLimits limits = CacheLimits.ofPages(8);
        final AtomicLong turn = new AtomicLong();
        try (ExecutorService other = Executors.newSingleThreadExecutor();
            RegistrationCache cache =
                new RegistrationCache(domain, Policies.find("lru", getClass().getClassLoader())
                    .apply(new PolicyContext(limits.pages(), CostModel.MLOCK)), limits)) {
            final Future<?> givingUp = other.submit(() -> {
                try {
                    for (long round = 1; round <= ROUNDS; round++) {
                        await(turn, 2 * round - 1);
                        giving.giveUp(cache, memory);
                        turn.incrementAndGet();
                    }
                } finally {
                    over = true;
                }
            });
            try {
                for (long round = 1; round <= ROUNDS && !over; round++) {
                    final CachedRegion lease = cache.lease(memory, 0, PAGE);
                    turn.incrementAndGet();
                    lease.close();
                    await(turn, 2 * round);
                }
            } finally {
                over = true;
            }
            givingUp.get();
            assertThat(registered.get() - deregistered.get()).isEqualTo(cache.statistics().regions());
            assertThat(cache.statistics().puts()).isEqualTo(ROUNDS);
        }
        assertThat(registered.get()).isGreaterThan(1).isEqualTo(deregistered.get());
    }

    private void await(final AtomicLong turn, final long wanted) {
        while (turn.get() < wanted && !over) {
            Thread.onSpinWait();
        }
    }

    private interface Giving {
        void giveUp(RegistrationCache cache, MemorySegment memory);
    }

    @Test
    void shouldDeregisterOnceWhatIsInvalidatedAsItsLeaseEnds() throws Exception {
        race(RegistrationCache::invalidate);
        assertThat(registered.get()).isEqualTo(ROUNDS);
    }

    @Test
    void shouldDeregisterOnceWhatIsGivenBackAsItsLeaseEnds() throws Exception {
        race((cache, memory) -> cache.giveBack(PAGE));
    }

    /** One thread leases until it is refused, the other tries to close until it may. */
    @ParameterizedTest
    @ValueSource(strings = {"lru", "none"})
    void shouldHaveNothingRegisteredOnceItIsClosed(final String policy) throws Exception {
        final MemorySegment memory = Arena.ofAuto().allocate(PAGES * PAGE, PAGE);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < CLOSINGS; round++) {
                final RegistrationCache cache = new RegistrationCache(domain,
                    Policies.find(policy, getClass().getClassLoader())
                        .apply(new PolicyContext(PAGES, CostModel.MLOCK)), CacheLimits.ofPages(PAGES));
                for (int page = 0; page < PAGES; page++) {
                    cache.lease(memory, page * PAGE, PAGE).close();
                }
                final CyclicBarrier together = new CyclicBarrier(2);
                final Future<RnicError> refusal = other.submit(() -> {
                    together.await();
                    try {
                        for (int i = 0; ; i++) {
                            cache.lease(memory, i % PAGES * PAGE, PAGE).close();
                        }
                    } catch (final RnicException e) {
                        return e.error();
                    }
                });
                together.await();
                while (!closes(cache)) {
                    Thread.onSpinWait();
                }
                assertThat(registered.get()).as("round %d", round).isEqualTo(deregistered.get());
                assertThat(refusal.get()).isEqualTo(RnicError.CLOSED);
            }
        }
    }

    private static boolean closes(final RegistrationCache cache) {
        try {
            cache.close();
            return true;
        } catch (final RnicException e) {
            assertThat(e.error()).isEqualTo(RnicError.BUSY);
            return false;
        }
    }
}
