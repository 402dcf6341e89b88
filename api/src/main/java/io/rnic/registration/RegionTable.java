package io.rnic.registration;

import java.util.Arrays;

/**
 * Which pages are registered: what a request hits, and who has to go for it. Knows no memory, so a cache of real
 * regions and a simulation of one decide by the same lines.
 *
 * <p>No region lies inside another: one that a new region covers is deregistered. So regions in the order of their
 * first pages are in the order of their ends too, and of all that begin at or before a request the last one reaches
 * furthest: one search finds the region that contains the request, if there is one. Regions may overlap, and each
 * counts its own pages, as locked memory is accounted.
 *
 * <p>Regions begin and end at positions: page numbers in a simulation, addresses of bytes in memory, where a region's
 * pages may belong to others in part. Limits and policies count pages.
 *
 * <p>For one thread at a time. Allocates nothing but when it grows.
 */
public final class RegionTable {
    /** No region: the request is longer than the limit, or all that could make room is in use. */
    public static final int NONE = -1;

    private static final int FIRST_REGIONS = 64;

    /** What happens to regions. */
    public interface Registrar {
        /**
         * Registers what is from one position to before another.
         *
         * @return false if the system locks no more: the table gives another region up and asks again
         */
        boolean register(int region, long from, long to);

        /**
         * Deregisters a region that a larger one replaces, that was evicted, or whose memory is gone.
         *
         * @return false if it is in use: it is deregistered later, and its pages count until {@link #settle}
         */
        boolean deregister(int region);

        /** True if nobody is using the region. */
        boolean isIdle(int region);

        /**
         * Lets nobody begin to use a region that is going to be evicted; false if somebody has, since it was idle, or
         * if it turns out that it cannot go: then it is idle no more.
         */
        default boolean claim(final int region) {
            return isIdle(region);
        }
    }

    private final Policy policy;
    private final Policy.Idle idle;
    private final Registrar registrar;
    private final CacheLimits limits;
    private final int shift;
    private final boolean beforehand;
    private final IntervalIndex index = new IntervalIndex();
    private final Extent extent;
    private long[] first = new long[FIRST_REGIONS];
    /** Of a number that no region has, the same as its first. */
    private long[] end = new long[FIRST_REGIONS];
    /** In which choice of a victim the policy was last told that the region is idle. */
    private long[] toldIdle = new long[FIRST_REGIONS];
    private long choice;
    private int lookedAt;
    private int[] freeRegions = new int[FIRST_REGIONS];
    private int freeCount;
    private int used;
    private long registeredPages;
    private long pendingPages;
    private long merged;
    private long evictions;

    /**
     * An empty table.
     *
     * @param shift a page has {@code 1 << shift} positions: 0 if positions are pages
     */
    public RegionTable(final Policy policy, final CacheLimits limits, final Registrar registrar, final int shift) {
        this.policy = policy;
        this.limits = limits;
        this.registrar = registrar;
        this.shift = shift;
        beforehand = policy.mode() == RegistrationMode.BEFOREHAND;
        extent = new Extent(shift);
        idle = this::tellIdle;
    }

    /**
     * The pages of all regions, and of those that were given up while in use; pages that two regions share count twice.
     */
    public long registeredPages() {
        return registeredPages + pendingPages;
    }

    /** A region that was given up while in use has been deregistered. */
    public void settle(final long pages) {
        pendingPages -= pages;
    }

    /**
     * Counts pages that are registered without being a region of the table, until {@link #settle}.
     *
     * @return false if the limit does not allow them; they do not count then
     */
    public boolean reserve(final long pages) {
        final boolean allowed = registeredPages() + pages <= limits.pages();
        pendingPages += allowed ? pages : 0;
        return allowed;
    }

    /** How many regions there are. */
    public int regions() {
        return index.size();
    }

    /** How many regions gave way to a larger one. */
    public long merged() {
        return merged;
    }

    /** How many regions were given up for room. */
    public long evictions() {
        return evictions;
    }

    /** A region's first position. */
    public long first(final int region) {
        return first[region];
    }

    /** The position behind a region's last. */
    public long end(final int region) {
        return end[region];
    }

    /** A region's pages. */
    public int pages(final int region) {
        return (int) pages(first[region], end[region]);
    }

    private long pages(final long from, final long to) {
        return ((to - 1) >> shift) - (from >> shift) + 1;
    }

    /** The region that contains what is from one position to before another, or {@link #NONE}. */
    public int find(final long from, final long to) {
        final int region = index.floor(from);
        return region != NONE && end[region] >= to ? region : NONE;
    }

    /** Tells the policy that a region has served a request. */
    public void hit(final int region) {
        policy.hit(region);
    }

    /**
     * Registers the pages of a request that no region contains.
     *
     * @param memoryFrom where the application's memory around it begins
     * @param memoryTo   where that ends; pages are cut there
     * @return their region; {@link #NONE} if they are more than the limit, or no region that is idle can make room
     */
    public int add(final long from, final long to, final long memoryFrom, final long memoryTo) {
        final int atOrBehind = index.ceiling(from);
        final int next = atOrBehind != NONE && first[atOrBehind] == from ? index.ceiling(from + 1) : atOrBehind;
        extent.begin(from, to, memoryFrom, memoryTo, next == NONE ? Long.MAX_VALUE : first[next], limits.pages());
        final long requestFrom = extent.from();
        final long requestTo = extent.to();
        if (beforehand) {
            extent.extendToMemory();
        } else if (pages(from, to) > Math.min(limits.pages(), Integer.MAX_VALUE)) {
            return NONE;
        } else {
            policy.extend(extent);
        }
        long extendedFrom = extent.from();
        long extendedTo = extent.to();
        if (limits.merge()) {
            final long mergedFrom = Math.max(memoryFrom, mergedFirst(extendedFrom));
            final long mergedTo = Math.min(memoryTo, mergedEnd(extendedTo));
            if (pages(mergedFrom, mergedTo) <= Math.min(limits.pages(), Integer.MAX_VALUE)) {
                extendedFrom = mergedFrom;
                extendedTo = mergedTo;
            }
        }
        if (extendedFrom != from || (atOrBehind != NONE && end[atOrBehind] <= extendedTo)) {
            dropCovered(extendedFrom, extendedTo);
        }
        final boolean asked = requestFrom == extendedFrom && requestTo == extendedTo;
        final int region = addExactly(extendedFrom, extendedTo, asked);
        // More than was asked for may be too much; what was asked for may not.
        return region != NONE || asked ? region : addExactly(requestFrom, requestTo, true);
    }

    private int addExactly(final long from, final long to, final boolean asked) {
        final int pages = (int) pages(from, to);
        final long key = key(from >> shift, pages);
        policy.missed(key, pages);
        if (!beforehand && !makeRoom(pages)) {
            return NONE;
        }
        final int region = allocate();
        boolean registered = false;
        try {
            registered = register(region, from, to, asked);
        } finally {
            if (!registered) {
                freeRegions[freeCount++] = region;
            }
        }
        if (!registered) {
            return NONE;
        }
        first[region] = from;
        end[region] = to;
        registeredPages += pages;
        index.add(from, region);
        boolean known = false;
        try {
            policy.added(region, key, pages);
            known = true;
        } finally {
            if (!known) {
                takeOut(region);
            }
        }
        return region;
    }

    /** What was asked for is worth all that can go; more than that, only as much as it is itself. */
    private boolean register(final int region, final long from, final long to, final boolean asked) {
        final long before = registeredPages();
        final long enough = asked ? Long.MAX_VALUE : pages(from, to);
        while (!registrar.register(region, from, to)) {
            if ((!asked && enough > before) || before - registeredPages() >= enough || !evict()) {
                return false;
            }
        }
        return true;
    }

    private boolean makeRoom(final int pages) {
        if (hasRoom(pages)) {
            return true;
        }
        if (!couldMakeRoom(pages)) {
            return false;
        }
        for (int evicted = 0; evicted < limits.batch() || !hasRoom(pages); evicted++) {
            if (!evict()) {
                break;
            }
        }
        return hasRoom(pages);
    }

    private boolean hasRoom(final int pages) {
        return registeredPages() + pages <= limits.pages() && index.size() < limits.regions();
    }

    /** False if all that is idle is not enough: then none of it has to go. Looks no further than it must. */
    private boolean couldMakeRoom(final int pages) {
        long missingPages = registeredPages() + pages - limits.pages();
        int missingRegions = index.size() + 1 - limits.regions();
        for (int i = 0; i < used && (missingPages > 0 || missingRegions > 0); i++) {
            lookedAt = lookedAt + 1 < used ? lookedAt + 1 : 0;
            if (isRegistered(lookedAt) && registrar.isIdle(lookedAt)) {
                missingPages -= pages(lookedAt);
                missingRegions--;
            }
        }
        return missingPages <= 0 && missingRegions <= 0;
    }

    private boolean isRegistered(final int region) {
        return region >= 0 && region < used && end[region] > first[region];
    }

    private boolean tellIdle(final int region) {
        final boolean isIdle = isRegistered(region) && registrar.isIdle(region);
        if (isIdle) {
            toldIdle[region] = choice;
        }
        return isIdle;
    }

    /**
     * Gives up the region that the policy names; false if there is none.
     *
     * @throws PolicyException if it names one that is not registered, or that it was not told is idle
     */
    public boolean evict() {
        int victim = choose();
        while (victim != NONE && !registrar.claim(victim)) {
            if (toldIdle[victim] != choice) {
                throw new PolicyException(policy, "names region " + victim
                    + " as the victim, which is in use; allowed: a region for which idle.test is true, or NONE");
            }
            victim = choose();
        }
        if (victim == NONE) {
            return false;
        }
        evictions++;
        remove(victim, true);
        return true;
    }

    private int choose() {
        choice++;
        final int victim = policy.victim(idle);
        if (victim != NONE && !isRegistered(victim)) {
            throw new PolicyException(policy, "names region " + victim
                + " as the victim, which is not registered; allowed: one of those added and not yet removed, or NONE");
        }
        return victim;
    }

    /** Gives up a region that is registered no more. */
    void drop(final int region) {
        remove(region, false);
    }

    /**
     * Gives up every region that shares a position with these; returns how many. If the policy throws when it is told,
     * whatever it is, they are given up nevertheless, and what it threw first is thrown at the end.
     */
    public int invalidate(final long from, final long to) {
        int count = 0;
        Throwable thrown = null;
        for (int region = overlapping(from, to); from < to && region != NONE; region = overlapping(from, to)) {
            try {
                remove(region, false);
            } catch (final Throwable e) {
                thrown = thrown == null ? e : thrown;
            }
            count++;
        }
        if (thrown != null) {
            RegionTable.<RuntimeException>rethrow(thrown);
        }
        return count;
    }

    /** A policy of another language may throw what it does not declare. */
    @SuppressWarnings("unchecked") // nothing is cast: the type is erased
    static <T extends Throwable> void rethrow(final Throwable thrown) throws T {
        throw (T) thrown;
    }

    private int overlapping(final long from, final long to) {
        // Ends are in the order of the beginnings: the last that begins before the end is the one to look at.
        final int region = index.floor(to - 1);
        return region != NONE && end[region] > from ? region : NONE;
    }

    /** The first region that begins at a position or after it, or {@link #NONE}. */
    public int next(final long from) {
        return index.ceiling(from);
    }

    /** The last region that begins at a position or before it, or {@link #NONE}. */
    public int previous(final long from) {
        return index.floor(from);
    }

    private void dropCovered(final long from, final long to) {
        for (int region = index.ceiling(from); region != NONE && end[region] <= to; region = index.ceiling(from)) {
            merged++;
            remove(region, false);
        }
    }

    private long mergedFirst(final long begin) {
        long from = begin;
        // The one that reaches the request from before; those before that one end earlier still.
        for (int region = index.floor(from - 1); region != NONE && end[region] >= from;
            region = index.floor(from - 1)) {
            from = first[region];
        }
        return from;
    }

    private long mergedEnd(final long begin) {
        long to = begin;
        for (int region = index.floor(to); region != NONE && end[region] > to; region = index.floor(to)) {
            to = end[region];
        }
        return to;
    }

    private void remove(final int region, final boolean evicted) {
        try {
            takeOut(region);
        } finally {
            // Last, for it may throw.
            policy.removed(region, evicted);
        }
    }

    private void takeOut(final int region) {
        final int pages = pages(region);
        index.remove(first[region]);
        registeredPages -= pages;
        try {
            pendingPages += registrar.deregister(region) ? 0 : pages;
        } finally {
            end[region] = first[region];
            freeRegions[freeCount++] = region;
        }
    }

    private int allocate() {
        if (freeCount > 0) {
            return freeRegions[--freeCount];
        }
        if (used == first.length) {
            first = Arrays.copyOf(first, used * 2);
            end = Arrays.copyOf(end, used * 2);
            toldIdle = Arrays.copyOf(toldIdle, used * 2);
            freeRegions = Arrays.copyOf(freeRegions, used * 2);
        }
        return used++;
    }

    /** The same for the same pages, and hardly ever for others: the count goes where page numbers have no bits. */
    private static long key(final long firstPage, final int pages) {
        return firstPage ^ ((long) pages << 40) ^ ((long) pages >>> 24);
    }
}
