package io.rnic.registration;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * What a hit looks at: where a region lies, and its leases. A superclass's fields come first in an object, so these
 * stand side by side, in 40 bytes: among many regions each line more is a miss more.
 */
abstract sealed class LeaseState permits CachedRegion {
    private static final AtomicLongFieldUpdater<LeaseState> STATE =
        AtomicLongFieldUpdater.newUpdater(LeaseState.class, "state");

    private static final int USES_SHIFT = 24;
    private static final long USE = 1L << USES_SHIFT;
    /** The cache has given it up: its leases end, and no other begins. */
    private static final long GONE = 1L << 23;
    /** Others have deregistered it: likewise, and nothing brings it back. */
    private static final long LOST = 1L << 22;
    private static final long LEASES = LOST - 1;

    private final MemorySegment.Scope scope;
    private final long from;
    private final long to;
    /** Requests that begin here or behind it are another region's, which reaches further. A hint: may be too low. */
    private long servesBefore;
    /**
     * Uses, GONE, LOST, leases, in one word that is only changed by compare-and-set: what finds it not gone, and adds a
     * lease, has it until that lease ends. The uses are above: should there be more than fit, no other bit changes.
     */
    private volatile long state;

    /** Leased once; {@code gone} if it is to go with that lease. */
    LeaseState(final MemorySegment.Scope scope, final long from, final long to, final boolean gone) {
        this.scope = scope;
        this.from = from;
        this.to = to;
        state = gone ? GONE | 1 : 1;
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

    /**
     * Ends a lease; true if it was the last of a region that has been given up.
     *
     * @throws RnicException INVALID_STATE if there is none
     */
    boolean endLease() {
        long before = state;
        while ((before & LEASES) == 0 || !STATE.compareAndSet(this, before, before - 1)) {
            if ((before & LEASES) == 0) {
                throw new RnicException(RnicError.INVALID_STATE, "the lease has ended already");
            }
            before = state;
        }
        return (before & (GONE | LEASES)) == (GONE | 1);
    }

    /** No lease begins any more, and nothing brings it back. */
    void markLost() {
        STATE.getAndUpdate(this, before -> before | LOST);
    }

    boolean isLost() {
        return (state & LOST) != 0;
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
