package io.rnic.registration;

import io.rnic.verbs.MemoryRegion;
import java.lang.foreign.MemorySegment;

/**
 * A registration that a {@link RegistrationCache} has leased out. It stays registered until each of its leases is
 * closed, and after that as long as the cache keeps it. Several leases may share one object: it is the same
 * registration.
 */
public final class CachedRegion implements AutoCloseable {
    private final RegistrationCache cache;
    private final MemoryRegion region;
    private final MemorySegment.Scope scope;
    /** Its number in the cache's table; below 0 if it is not, or no more, in it. */
    private int number;
    private int leases;

    CachedRegion(final RegistrationCache cache, final MemoryRegion region, final MemorySegment.Scope scope,
        final int number) {
        this.cache = cache;
        this.region = region;
        this.scope = scope;
        this.number = number;
    }

    /** The registration; requests name it by its keys. It reaches further than what was asked for, to whole pages. */
    public MemoryRegion region() {
        return region;
    }

    /** The key by which local requests name it. */
    public int lkey() {
        return region.lkey();
    }

    /** The key by which the peer names it. */
    public int rkey() {
        return region.rkey();
    }

    /**
     * Ends a lease, to be called once for each.
     *
     * @throws io.rnic.verbs.RnicException INVALID_STATE if there is none
     */
    @Override
    public void close() {
        cache.release(this);
    }

    /** True if it is a registration of that memory, which is still there: not of other memory at the same address. */
    boolean isOf(final MemorySegment segment) {
        return scope.equals(segment.scope()) && scope.isAlive();
    }

    boolean isAlive() {
        return scope.isAlive();
    }

    int number() {
        return number;
    }

    void leaveTable() {
        number = RegionTable.NONE;
    }

    boolean isLeased() {
        return leases > 0;
    }

    void lease() {
        leases++;
    }

    /** Returns false if there was no lease. */
    boolean release() {
        return leases-- > 0;
    }
}
