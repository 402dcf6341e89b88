package io.rnic.bench.pieces;

import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.RegistrationCache;
import io.rnic.registration.policy.Policies;
import io.rnic.verbs.Access;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A cache that has every other page of a buffer registered, each by itself. */
final class CachedPages implements AutoCloseable {
    private static final int PAGE_BYTES = CostModel.PAGE_BYTES;

    private final int count;
    private final Rnic rnic;
    private final ProtectionDomain domain;
    private final RegistrationCache cache;
    private final MemorySegment memory;

    /** Registers so many. */
    @SuppressWarnings("MustBeClosedChecker") // close does
    CachedPages(final String policy, final int count) {
        this.count = count;
        rnic = Rnic.open(RnicOptions.defaults().with("device", "lease").with("pinning", "accounted")
            .with("maxMemoryRegions", "1000000").with("onBoardMemory", "unlimited").with("lockedMemory", "4G"));
        domain = rnic.allocateProtectionDomain();
        memory = Arena.ofAuto().allocate(2L * count * PAGE_BYTES, PAGE_BYTES);
        final CacheLimits limits = CacheLimits.ofPages(count);
        cache = new RegistrationCache(domain, Policies.find(policy, CachedPages.class.getClassLoader())
            .apply(new PolicyContext(limits.pages(), CostModel.MLOCK)), limits, Access.LOCAL_WRITE);
        for (int i = 0; i < count; i++) {
            cache.lease(memory, 2L * i * PAGE_BYTES, PAGE_BYTES).close();
        }
    }

    /** Leases one at random, by 32 random bits, ends the lease, and returns its key. */
    int lease(final long bits) {
        final long page = (bits * count) >>> Integer.SIZE;
        try (var lease = cache.lease(memory, page * 2 * PAGE_BYTES, PAGE_BYTES)) {
            return lease.lkey();
        }
    }

    @Override
    public void close() {
        cache.close();
        domain.close();
        rnic.close();
    }
}
