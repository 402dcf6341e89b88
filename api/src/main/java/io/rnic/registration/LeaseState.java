package io.rnic.registration;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What a hit looks at: where a region lies, and its leases. Among many regions each line of memory more is a miss more:
 *
 * <pre>
 *   header 12 | length 4 | from 8 | state 8 | serves 4 | home 4 |  of CachedRegion: lkey 4 | number 4
 *   48 bytes, where references take 4
 * </pre>
 *
 * <p>Made idle, for memory that is told later, once. Hints lead to it without a lock: who reads that it is in service
 * reads what was told before.
 */
abstract sealed class LeaseState permits CachedRegion {
    private static final AtomicLongFieldUpdater<LeaseState> STATE =
        AtomicLongFieldUpdater.newUpdater(LeaseState.class, "state");

    private static final int PAGE_SHIFT = Integer.numberOfTrailingZeros(CostModel.PAGE_BYTES);

    private static final int USES_SHIFT = 26;
    private static final long USE = 1L << USES_SHIFT;
    /** A word has room for twice as many. */
    static final long MAX_USES = 1L << (Long.SIZE - USES_SHIFT - 1);
    /** The cache itself is deregistering it: nothing of that is news. */
    private static final long DEPARTING = 1L << 25;
    /** Memory windows were bound to it when it was to go: then it cannot. */
    private static final long BOUND = 1L << 24;
    /** Leases begin. Not yet, or no more when the cache has given it up: those that there are end. */
    private static final long IN_SERVICE = 1L << 23;
    /** Others have deregistered it: no lease begins, and nothing brings it back. */
    private static final long LOST = 1L << 22;
    private static final long LEASES = LOST - 1;

    /** The cache that a region is of, and the arena of its memory: one object for all that follow each other. */
    record Home(RegistrationCache cache, MemorySegment.Scope scope) {
    }

    private @Nullable Home home;
    private long from;
    /** How far it reaches from there, as {@link #distance}: not further than it does. */
    private int length;
    /** Requests that begin so far from there are another region's, which reaches further. May be too low. */
    private int serves;
    /**
     * Uses, DEPARTING, BOUND, IN_SERVICE, LOST, leases, in one word that, once begun, is only changed by
     * compare-and-set: what finds it in service, and adds a lease, has it until that lease ends. The uses are above:
     * should there be more than fit, no other bit changes.
     */
    private volatile long state;

    /** Where it lies. It is leased once, and {@code once} if it is to go with that lease. */
    void begin(final Home its, final long begin, final long bytes, final boolean once) {
        home = its;
        from = begin;
        length = distance(bytes);
        state = once ? 1 : IN_SERVICE | 1;
    }

    /** In bytes up to 2 GiB, beyond that in pages, as ones' complement: rounded down. */
    private static int distance(final long bytes) {
        return bytes <= Integer.MAX_VALUE ? (int) bytes : ~(int) Math.min(bytes >>> PAGE_SHIFT, Integer.MAX_VALUE);
    }

    private static long bytes(final int distance) {
        return distance >= 0 ? distance : (long) ~distance << PAGE_SHIFT;
    }

    /** True if it is the one to serve what is from one address to before another, in that segment. */
    boolean serves(final long begin, final long end, final MemorySegment segment) {
        // First the state: its write comes after the others'.
        return (state & IN_SERVICE) != 0 && begin >= from && end - from <= bytes(length)
            && begin - from < bytes(serves) && isOf(segment);
    }

    /** True if it is a registration of that memory, which is still there: not of other memory at the same address. */
    boolean isOf(final MemorySegment segment) {
        return segment.scope().equals(home().scope) && segment.scope().isAlive();
    }

    boolean isAlive() {
        return home().scope.isAlive();
    }

    Home home() {
        return Objects.requireNonNull(home);
    }

    /** Requests that begin at that address are another's. */
    void serveBefore(final long address) {
        serves = distance(address - from);
    }

    long from() {
        return from;
    }

    /** How long it is, without the last bytes that are no page, if it is of more than 2 GiB. */
    long length() {
        return bytes(length);
    }

    /** Its last address, or one up to a page behind it. */
    long last() {
        return from + (length >= 0 ? length : bytes(length) + CostModel.PAGE_BYTES) - 1;
    }

    /** Begins a lease that a request found it for. False if the cache has given it up, or it has all leases it can. */
    boolean use() {
        long before = state;
        while ((before & (IN_SERVICE | LOST)) == IN_SERVICE && (before & LEASES) != LEASES) {
            if (STATE.compareAndSet(this, before, before + USE + 1)) {
                return true;
            }
            before = state;
        }
        return false;
    }

    /** Lets no other lease begin. True if there is one: the last to end tells the cache. */
    boolean giveUp() {
        return (set(IN_SERVICE, false) & LEASES) != 0;
    }

    /** The same, if it has no lease; false if it has. */
    boolean giveUpIdle() {
        long before = state;
        while ((before & LEASES) == 0) {
            if (STATE.compareAndSet(this, before, before & ~IN_SERVICE)) {
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
        return (before & (IN_SERVICE | LEASES)) == 1;
    }

    /** It has been deregistered: no lease begins any more. False if that is the cache itself. */
    boolean lose() {
        return (set(LOST, true) & DEPARTING) == 0;
    }

    boolean isLost() {
        return (state & LOST) != 0;
    }

    /** Whether the cache itself is about to deregister it. */
    void departing(final boolean now) {
        set(DEPARTING, now);
    }

    boolean isBound() {
        return (state & BOUND) != 0;
    }

    void bound(final boolean now) {
        set(BOUND, now);
    }

    /** Lets leases begin again. */
    void comeBack() {
        set(IN_SERVICE, true);
    }

    private long set(final long bit, final boolean now) {
        return STATE.getAndUpdate(this, before -> now ? before | bit : before & ~bit);
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
