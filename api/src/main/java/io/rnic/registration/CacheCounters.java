package io.rnic.registration;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The counters behind {@link CacheStatistics}; each is written under the cache's lock. */
final class CacheCounters {
    /** Uses of regions that are gone. */
    long uses;
    long hitsSlow;
    long misses;
    /** Leases that misses began. */
    long missLeases;
    long unmapEvents;
    long regionsInvUnmap;
    long memRegs;

    CacheStatistics snapshot(final @Nullable CachedRegion[] regions, final Departures departures,
        final RegionTable table, final int pageShift) {
        final long all =
            uses + Arrays.stream(regions).filter(Objects::nonNull).mapToLong(CachedRegion::uses).sum();
        final long leases = departures.leases()
            + Arrays.stream(regions).filter(Objects::nonNull).mapToLong(CachedRegion::leases).sum();
        return new CacheStatistics(all + misses, all - hitsSlow, hitsSlow, misses, table.merged(), unmapEvents,
            regionsInvUnmap, all + missLeases - leases, memRegs, departures.deregistrations(), table.evictions(),
            departures.losses(), table.regions(), table.registeredPages() << pageShift);
    }
}
