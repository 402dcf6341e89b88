package io.rnic.registration;

import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;

/**
 * A registration that a {@link RegistrationCache} has leased out. It stays registered until each of its leases is
 * closed, and after that as long as the cache keeps it. Several leases may share one object: it is the same
 * registration.
 */
public final class CachedRegion extends LeaseState implements AutoCloseable {
    private final RegistrationCache cache;
    private final MemoryRegion region;
    private final int lkey;
    private final int number;
    /** Memory windows were bound to it when it was to go: then it cannot. Under the cache's lock. */
    private boolean bound;
    /** It is in the cache's table no more, and its pages count nevertheless. Under the cache's lock. */
    private boolean counts;
    /** The cache itself is deregistering it: nothing of that is news. */
    private volatile boolean departing;

    /** A region that is leased once. Its number in the cache's table is below 0 if it is not in it. */
    CachedRegion(final RegistrationCache cache, final MemoryRegion region, final MemorySegment.Scope scope,
        final int number) {
        super(scope, region.address(), region.address() + region.length(), number < 0);
        this.cache = cache;
        this.region = region;
        this.number = number;
        lkey = region.lkey();
    }

    /** The registration; requests name it by its keys. It reaches further than what was asked for, to whole pages. */
    public MemoryRegion region() {
        return region;
    }

    /** The key by which local requests name it. */
    public int lkey() {
        return lkey;
    }

    /** The key by which the peer names it. */
    public int rkey() {
        return region.rkey();
    }

    /**
     * Ends a lease, to be called once for each.
     *
     * @throws RnicException INVALID_STATE if there is none
     */
    @Override
    public void close() {
        if (endLease()) {
            cache.ended(this);
        }
    }

    boolean isBound() {
        return bound;
    }

    void bound(final boolean now) {
        bound = now;
    }

    int number() {
        return number;
    }

    /** Whether the cache itself is about to deregister it. */
    void departing(final boolean now) {
        departing = now;
    }

    boolean counts() {
        return counts;
    }

    void counts(final boolean now) {
        counts = now;
    }

    /** It has been deregistered: no lease begins any more. False if that is the cache itself. */
    boolean lose() {
        markLost();
        return !departing;
    }
}
