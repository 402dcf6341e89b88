package io.rnic.registration;

import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps registrations for requests to come, through either front end.
 *
 * <p>A lease is served by any registration of the same memory that contains it. One that is not is registered: whole
 * pages of it, as far as they belong to the buffer. The buffer is the segment that is given; where an application hands
 * out slices, {@link #introduce} tells of the buffer that they are slices of, or else a slice would be registered to
 * its exact bytes and hardly ever serve another.
 *
 * <p>What is leased stays registered. The rest is given up as the {@link Policy} says: when a limit is reached, when
 * the system or the kernel's policy lets no more be locked (then the request is tried again), and when
 * {@link #giveBack} asks for it. Memory whose arena was closed is never handed out: its registration is given up, also
 * if other memory is at that address by then. What others deregister is forgotten, and registered anew for the next
 * lease: the kernel takes regions of a process that does not give back, whether they are leased or not.
 *
 * <p>Safe for any number of threads. A lease that finds its region takes no lock and allocates nothing (but for the
 * last bytes of one of more than 2 GiB, those that fill no page): it follows a
 * hint ({@link RegionHints}), counts itself in the region's own word ({@link CachedRegion}), and leaves a note for the
 * policy ({@link HitLog}), all in three or four cache lines, whatever the number of regions, and nothing that the next
 * lease would have to wait for: so a processor works on several at once while memory is slow. What registers or gives
 * up holds the cache's one lock while it does.
 */
public final class RegistrationCache implements AutoCloseable {
    private static final int PAGE_SHIFT = Integer.numberOfTrailingZeros(CostModel.PAGE_BYTES);

    private static final long GIVE_BACK_PATIENCE_MS = 20;

    private final ProtectionDomain domain;
    private final Access[] access;
    private final boolean writes;
    private final CacheLimits limits;
    private final RegistrationMode mode;
    private final ReentrantLock lock = new ReentrantLock();
    private final RegionTable table;
    private final RegionHints hints = new RegionHints(PAGE_SHIFT);
    private final HitLog log = new HitLog();
    private final HitLog.Reader reader = this::tellPolicy;
    private final CacheCounters count = new CacheCounters();
    private final Buffers buffers = new Buffers();
    private @Nullable CachedRegion[] regions = new CachedRegion[64];
    private final Registrations registrations = new Registrations(this);
    private final Departures departures;
    private boolean closed;

    /** What a lease is about while it is registered. */
    private @Nullable MemorySegment buffer;
    private @Nullable RnicException refusal;
    private @Nullable CachedRegion added;

    /**
     * A cache that holds nothing.
     *
     * @param domain where memory is registered
     * @param policy decides what is given up; serves this cache alone
     * @param limits on what is registered
     * @param access what registrations allow
     * @throws IllegalArgumentException for a policy of on-demand paging, which can only be simulated: the NIC does not
     *                                  stop at faults
     */
    public RegistrationCache(final ProtectionDomain domain, final Policy policy, final CacheLimits limits,
        final Access... access) {
        this.domain = Objects.requireNonNull(domain, "domain");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.access = access.clone();
        writes = List.of(access).contains(Access.LOCAL_WRITE);
        mode = policy.mode();
        if (mode == RegistrationMode.ON_DEMAND) {
            throw new IllegalArgumentException("a policy of on-demand paging can only be simulated: this NIC locks what"
                + " it uses");
        }
        table = new RegionTable(policy, limits, new Memory(), PAGE_SHIFT);
        departures = new Departures(registrations, table::settle);
    }

    /** Leases a registration of a segment. */
    public CachedRegion lease(final MemorySegment segment) {
        return lease(segment, 0, segment.byteSize());
    }

    /**
     * Leases a registration of a part of a segment.
     *
     * @param segment native memory of a shared, automatic or global arena
     * @param offset  where in it the part begins, in bytes
     * @param length  how long it is, from 1
     * @throws RnicException INVALID_ARGUMENT for a part that is not inside, or memory that cannot be registered, or is
     *                       read-only where registrations allow writing;
     *                       LOCKED_MEMORY_LIMIT if it is more than the limit, or all that could make room is leased;
     *                       LOCKED_MEMORY_LIMIT, POLICY or DEVICE_LIMIT as {@link ProtectionDomain#registerMemory},
     *                       when there is nothing left to give up; CLOSED
     * @throws PolicyException if the policy breaks its rules; what it throws itself is thrown too. Then there is no
     *                         lease
     */
    public CachedRegion lease(final MemorySegment segment, final long offset, final long length) {
        Buffers.check(segment, offset, length, writes);
        final long from = segment.address() + offset;
        final CachedRegion hinted = hints.find(from, from + length, segment);
        if (hinted != null && hinted.use()) {
            if (log.add(hinted.number()) && lock.tryLock()) {
                boolean told = false;
                try {
                    log.drain(reader);
                    told = true;
                } finally {
                    lock.unlock();
                    if (!told) {
                        hinted.close();
                    }
                }
            }
            return hinted;
        }
        return search(segment, from, from + length);
    }

    /** Goes by the table itself, and registers what is not there. */
    private CachedRegion search(final MemorySegment segment, final long from, final long to) {
        lock.lock();
        try {
            log.drain(reader);
            dropLost();
            final int number = table.find(from, to);
            final CachedRegion found = number == RegionTable.NONE ? null : regions[number];
            if (found == null || !found.isOf(segment)) {
                return miss(segment, from, to);
            }
            table.hit(number);
            if (!found.use()) {
                if (found.isLost()) {
                    table.drop(number);
                    return miss(segment, from, to);
                }
                throw new RnicException(RnicError.DEVICE_LIMIT, "the region has " + found.leases()
                    + " leases that have not ended; no more are allowed");
            }
            count.hitsSlow++;
            found.serveBefore(firstBehind(from));
            hints.put(found, from);
            return found;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out what others have deregistered. If the policy throws, the rest follows the next time. */
    private void dropLost() {
        for (CachedRegion region = departures.nextLost(); region != null; region = departures.nextLost()) {
            if (region.number() >= 0 && regions[region.number()] == region) {
                table.drop(region.number());
            } else {
                departures.lose(region);
            }
        }
    }

    private void tellPolicy(final int number) {
        final CachedRegion region = number < regions.length ? regions[number] : null;
        if (region != null) {
            table.hit(number);
            if (region.uses() > LeaseState.MAX_USES) {
                count.uses += region.takeUses();
            }
        }
    }

    private CachedRegion miss(final MemorySegment segment, final long from, final long to) {
        if (closed) {
            throw new RnicException(RnicError.CLOSED, "the registration cache is closed");
        }
        count.misses++;
        departures.retry();
        final MemorySegment memory = buffers.around(segment);
        buffer = memory;
        refusal = null;
        added = null;
        dropForeign(memory, from, to);
        final CachedRegion region;
        if (mode == RegistrationMode.PER_REQUEST) {
            region = once(from, to);
        } else {
            final int number = add(memory, from, to);
            if (number == RegionTable.NONE) {
                throw refused(to - from);
            }
            region = Objects.requireNonNull(regions[number]);
            lead(region, from);
        }
        count.missLeases++;
        return region;
    }

    /** Registers for one lease. */
    private CachedRegion once(final long from, final long to) {
        final long pages = Departures.pages(from, to);
        if (departures.size() >= limits.regions() || !table.reserve(pages)) {
            throw refused(to - from);
        }
        boolean registered = false;
        try {
            final CachedRegion region = registrations.add(register(from, to), Objects.requireNonNull(buffer).scope(),
                RegionTable.NONE);
            departures.add(region);
            registered = true;
            departures.watch(region);
            return region;
        } finally {
            table.settle(registered ? 0 : pages);
        }
    }

    /** If the policy throws, there is no lease: the region that was registered for it goes. */
    private int add(final MemorySegment memory, final long from, final long to) {
        boolean done = false;
        try {
            final int number = table.add(from, to, memory.address(), memory.address() + memory.byteSize());
            done = true;
            return number;
        } finally {
            if (!done && added != null) {
                added.close();
            }
        }
    }

    /** Lets requests find a new region, and not the one before it where both contain them, as the table does. */
    private void lead(final CachedRegion region, final long from) {
        final int previous = table.previous(region.from() - 1);
        if (previous != RegionTable.NONE) {
            Objects.requireNonNull(regions[previous]).serveBefore(region.from());
        }
        region.serveBefore(firstBehind(region.from()));
        hints.reserve(table.regions(), regions);
        hints.put(region, from);
    }

    private long firstBehind(final long from) {
        final int next = table.next(from + 1);
        return next == RegionTable.NONE ? Long.MAX_VALUE : table.first(next);
    }

    /** Gives up registrations of memory that has gone, where other memory is now. */
    private void dropForeign(final MemorySegment memory, final long from, final long to) {
        final int number = table.find(from, to);
        if (number != RegionTable.NONE && !Objects.requireNonNull(regions[number]).isOf(memory)) {
            count.unmapEvents++;
            count.regionsInvUnmap += table.invalidate(from, to);
        }
    }

    private RnicException refused(final long bytes) {
        final int windows = departures.held();
        final String held = windows == 0 ? "" : "; memory windows are bound to " + windows
            + " of its regions, which cannot go before those are unbound";
        if (refusal != null) {
            return new RnicException(refusal.error(), refusal.getMessage()
                + " (the cache has given up all that it can" + held + ")");
        }
        return new RnicException(RnicError.LOCKED_MEMORY_LIMIT, "cannot register " + bytes
            + " bytes: the cache may hold " + limits.pages() + " pages of " + CostModel.PAGE_BYTES + " bytes in "
            + limits.regions() + " regions, and " + table.registeredPages()
            + " pages are registered, of which those leased cannot go; raise its limits" + held);
    }

    private MemoryRegion register(final long from, final long to) {
        final MemorySegment memory = Objects.requireNonNull(buffer);
        final MemoryRegion region = domain.registerMemory(memory.asSlice(from - memory.address(), to - from), access);
        count.memRegs++;
        return region;
    }

    MemoryRegion registration(final CachedRegion region) {
        return registrations.of(region);
    }

    /** The last lease of a region that was given up has ended. */
    void ended(final CachedRegion region) {
        lock.lock();
        try {
            departures.ended(region);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells of a buffer whose slices will be leased: their pages are registered as far as they belong to it.
     *
     * @param segment the buffer
     */
    public void introduce(final MemorySegment segment) {
        lock.lock();
        try {
            buffers.add(segment);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives up all registrations of a segment's bytes; what is leased is deregistered when its leases end, and handed
     * out no more. To be called before memory is unmapped that no arena manages.
     */
    public void invalidate(final MemorySegment segment) {
        lock.lock();
        try {
            buffers.remove(segment);
            departures.retry();
            count.unmapEvents++;
            final int before = table.regions();
            try {
                table.invalidate(segment.address(), segment.address() + segment.byteSize());
            } finally {
                count.regionsInvUnmap += before - table.regions();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives up the registrations of memory whose arena is closed; returns how many. */
    public int invalidateClosed() {
        lock.lock();
        try {
            buffers.removeClosed();
            dropLost();
            int dropped = 0;
            Throwable thrown = null;
            for (int number = table.next(Long.MIN_VALUE); number != RegionTable.NONE; ) {
                final long from = table.first(number);
                if (!Objects.requireNonNull(regions[number]).isAlive()) {
                    try {
                        table.drop(number);
                    } catch (final Throwable e) {
                        thrown = thrown == null ? e : thrown;
                    }
                    dropped++;
                }
                number = table.next(from + 1);
            }
            count.unmapEvents += dropped > 0 ? 1 : 0;
            count.regionsInvUnmap += dropped;
            if (thrown != null) {
                RegionTable.<RuntimeException>rethrow(thrown);
            }
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives up idle regions until so many bytes are free, or none is left: others need the memory. What
     * {@link io.rnic.verbs.Rnic#onReclaim} takes.
     *
     * @return the bytes given up; none if another thread keeps the cache busy: that thread may itself be waiting for
     *         memory of the one who asks
     */
    public long giveBack(final long bytes) {
        try {
            if (!lock.tryLock(GIVE_BACK_PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                return 0;
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
        try {
            dropLost();
            final long before = table.registeredPages();
            departures.retry();
            final long wanted = Math.ceilDiv(bytes, CostModel.PAGE_BYTES);
            boolean more = true;
            while (more && before - table.registeredPages() < wanted) {
                more = table.evict();
            }
            return (before - table.registeredPages()) << PAGE_SHIFT;
        } finally {
            lock.unlock();
        }
    }

    /** What it has done, and holds: a snapshot. */
    public CacheStatistics statistics() {
        lock.lock();
        try {
            dropLost();
            return count.snapshot(regions, departures, table, PAGE_SHIFT);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Deregisters everything.
     *
     * @throws RnicException BUSY while regions are leased, or memory windows are bound to them; CLOSED if it is closed
     */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                throw new RnicException(RnicError.CLOSED, "the registration cache is closed already");
            }
            stopLeases();
            departures.finishEnded();
            try {
                table.invalidate(Long.MIN_VALUE + 1, Long.MAX_VALUE);
            } finally {
                departures.retry();
                closed = departures.bound() == 0 && table.regions() == 0;
            }
            if (!closed) {
                throw new RnicException(RnicError.BUSY, "memory windows are bound to " + departures.bound()
                    + " regions of the registration cache");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets no lease begin; if there is one, all is as it was. */
    private void stopLeases() {
        long leased = 0;
        for (final CachedRegion region : regions) {
            leased += region != null && region.giveUp() ? region.leases() : 0;
        }
        leased += departures.leases();
        if (leased > 0) {
            Arrays.stream(regions).filter(Objects::nonNull).forEach(CachedRegion::comeBack);
            throw new RnicException(RnicError.BUSY, "the registration cache has " + leased
                + " leases that have not ended");
        }
    }

    /** What the table asks for. */
    private final class Memory implements RegionTable.Registrar {
        @Override
        public boolean register(final int number, final long from, final long to) {
            final MemoryRegion region;
            try {
                region = RegistrationCache.this.register(from, to);
            } catch (final RnicException e) {
                if (e.error() != RnicError.LOCKED_MEMORY_LIMIT && e.error() != RnicError.POLICY
                    && e.error() != RnicError.DEVICE_LIMIT) {
                    throw e;
                }
                refusal = e;
                return false;
            }
            if (number >= regions.length) {
                regions = Arrays.copyOf(regions, Math.max(number + 1, regions.length * 2));
            }
            added = registrations.add(region, Objects.requireNonNull(buffer).scope(), number);
            regions[number] = added;
            departures.watch(added);
            return true;
        }

        @Override
        public boolean claim(final int number) {
            return departures.claim(region(number));
        }

        @Override
        public boolean deregister(final int number) {
            final CachedRegion region = region(number);
            regions[number] = null;
            hints.remove(region);
            final boolean gone = departures.giveUp(region);
            // No use begins any more.
            count.uses += region.uses();
            return gone;
        }

        @Override
        public boolean isIdle(final int number) {
            return region(number).leases() == 0 && !region(number).isBound();
        }

        private CachedRegion region(final int number) {
            return Objects.requireNonNull(regions[number]);
        }
    }
}
