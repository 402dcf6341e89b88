package io.rnic.registration;

import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * A registration that a {@link RegistrationCache} has leased out. It stays registered until each of its leases is
 * closed, and after that as long as the cache keeps it. Several leases may share one object: it is the same
 * registration.
 */
public final class CachedRegion implements AutoCloseable {
    private static final AtomicLongFieldUpdater<CachedRegion> STATE =
        AtomicLongFieldUpdater.newUpdater(CachedRegion.class, "state");

    private static final int USES_SHIFT = 24;
    private static final long USE = 1L << USES_SHIFT;
    /** The cache has given it up: its leases end, and no other begins. */
    private static final long GONE = 1L << 23;
    /** Others have deregistered it: likewise, and nothing brings it back. */
    private static final long LOST = 1L << 22;
    private static final long LEASES = LOST - 1;

    private final RegistrationCache cache;
    private final MemoryRegion region;
    private final MemorySegment.Scope scope;
    private final long from;
    private final long to;
    private final int lkey;
    private final int number;
    /** Memory windows were bound to it when it was to go: then it cannot. Under the cache's lock. */
    private boolean bound;
    /** It is in the cache's table no more, and its pages count nevertheless. Under the cache's lock. */
    private boolean counts;
    /** The cache itself is deregistering it: nothing of that is news. */
    private volatile boolean departing;
    /** Requests that begin here or behind it are another region's, which reaches further. A hint: may be too low. */
    private long servesBefore;
    /**
     * Uses, GONE, LOST, leases, in one word that is only changed by compare-and-set: what finds it not gone, and adds a
     * lease, has it until that lease ends. The uses are above: should there be more than fit, no other bit changes.
     */
    private volatile long state;

    /** A region that is leased once. Its number in the cache's table is below 0 if it is not in it. */
    CachedRegion(final RegistrationCache cache, final MemoryRegion region, final MemorySegment.Scope scope,
        final int number) {
        this.cache = cache;
        this.region = region;
        this.scope = scope;
        this.number = number;
        from = region.address();
        to = from + region.length();
        lkey = region.lkey();
        state = number < 0 ? GONE | 1 : 1;
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
        long before = state;
        while ((before & LEASES) == 0 || !STATE.compareAndSet(this, before, before - 1)) {
            if ((before & LEASES) == 0) {
                throw new RnicException(RnicError.INVALID_STATE, "the lease has ended already");
            }
            before = state;
        }
        if ((before & (GONE | LEASES)) == (GONE | 1)) {
            cache.ended(this);
        }
    }

    /** True if it is the one to serve what is from one address to before another, in that segment. */
    boolean serves(final long begin, final long end, final MemorySegment segment) {
        return begin >= from && end <= to && begin < servesBefore && isOf(segment);
    }

    /** True if it is a registration of that memory, which is still there: not of other memory at the same address. */
    boolean isOf(final MemorySegment segment) {
        return scope.equals(segment.scope()) && scope.isAlive();
    }

    boolean isAlive() {
        return scope.isAlive();
    }

    void serveBefore(final long address) {
        servesBefore = address;
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

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    /** Begins a lease that a request found it for. False if the cache has given it up, or it has all leases it can. */
    boolean use() {
        long before = state;
        while ((before & (GONE | LOST)) == 0 && (before & LEASES) != LEASES) {
            if (STATE.compareAndSet(this, before, before + USE + 1)) {
                return true;
            }
            before = state;
        }
        return false;
    }

    /** Lets no other lease begin. True if there is one: the last to end tells the cache. */
    boolean giveUp() {
        return (STATE.getAndUpdate(this, before -> before | GONE) & LEASES) != 0;
    }

    /** The same, if it has no lease; false if it has. */
    boolean giveUpIdle() {
        long before = state;
        while ((before & LEASES) == 0) {
            if (STATE.compareAndSet(this, before, before | GONE)) {
                return true;
            }
            before = state;
        }
        return false;
    }

    /** It has been deregistered: no lease begins any more. False if that is the cache itself. */
    boolean lose() {
        STATE.getAndUpdate(this, before -> before | LOST);
        return !departing;
    }

    boolean isLost() {
        return (state & LOST) != 0;
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

    /** Lets leases begin again. */
    void comeBack() {
        STATE.getAndUpdate(this, before -> before & ~GONE);
    }

    long leases() {
        return state & LEASES;
    }

    /** The requests that found it since this was last taken. */
    long uses() {
        return state >>> USES_SHIFT;
    }

    /** Returns the uses so far, and counts from zero again. */
    long takeUses() {
        return STATE.getAndUpdate(this, before -> before & (USE - 1)) >>> USES_SHIFT;
    }
}
