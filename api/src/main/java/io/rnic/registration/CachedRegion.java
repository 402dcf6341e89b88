package io.rnic.registration;

import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.RnicException;

/**
 * A registration that a {@link RegistrationCache} has leased out. It stays registered until each of its leases is
 * closed, and after that as long as the cache keeps it. Several leases may share one object: it is the same
 * registration. Another thread that is given one must be given it safely, as by a queue.
 */
public final class CachedRegion extends LeaseState implements AutoCloseable {
    private int lkey;
    private int number = RegionTable.NONE;

    /** Of no memory yet. */
    CachedRegion() {
    }

    /** It is that registration's from now on, and leased once. Its number in the cache's table, or NONE. */
    void begin(final MemoryRegion region, final Home home, final int inTable) {
        lkey = region.lkey();
        number = inTable;
        begin(home, region.address(), region.length(), inTable == RegionTable.NONE);
    }

    /**
     * The registration; requests name it by its keys. It reaches further than what was asked for, to whole pages.
     *
     * @throws RnicException INVALID_STATE if its leases have ended and it has been deregistered
     */
    public MemoryRegion region() {
        return home().cache().registration(this);
    }

    /** The key by which local requests name it. */
    public int lkey() {
        return lkey;
    }

    /**
     * The key by which the peer names it.
     *
     * @throws RnicException INVALID_STATE if its leases have ended and it has been deregistered
     */
    public int rkey() {
        return region().rkey();
    }

    /**
     * Ends a lease, to be called once for each.
     *
     * @throws RnicException INVALID_STATE if there is none
     */
    @Override
    public void close() {
        if (endLease()) {
            home().cache().ended(this);
        }
    }

    int number() {
        return number;
    }
}
