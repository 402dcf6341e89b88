package io.rnic.registration;

import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Deregisters the regions of a {@link RegistrationCache}, and keeps those that cannot go yet: they are leased, or
 * memory windows are bound to them. For one thread at a time.
 */
final class Departures {
    private static final int PAGE_SHIFT = Integer.numberOfTrailingZeros(CostModel.PAGE_BYTES);

    private final Registrations registrations;
    private final LongConsumer settle;
    /** Given up, or never in the table, and leased still. */
    private final Set<CachedRegion> leaving = new HashSet<>();
    /** In the table no more; the pages of each count nevertheless. */
    private final Map<CachedRegion, Long> counted = new HashMap<>();
    /** Given up, and registered still because memory windows are bound to them. */
    private final List<CachedRegion> bound = new ArrayList<>();
    /** In the table, and passed over since memory windows were found to be bound to them. */
    private final List<CachedRegion> passedOver = new ArrayList<>();
    /** Deregistered already, for the table is about to give it up. */
    private @Nullable CachedRegion claimed;
    /** Deregistered by others, for the cache to look at: put in by any thread. */
    private final Queue<CachedRegion> lost = new ConcurrentLinkedQueue<>();
    private final LongAdder losses = new LongAdder();
    private long deregistrations;

    /** Nothing is leaving; who is given is told the pages of each region that has gone after it was given up. */
    Departures(final Registrations registrations, final LongConsumer settle) {
        this.registrations = registrations;
        this.settle = settle;
    }

    static long pages(final long from, final long to) {
        return ((to - 1) >> PAGE_SHIFT) - (from >> PAGE_SHIFT) + 1;
    }

    /** A region goes when its lease ends. */
    void add(final CachedRegion region) {
        count(region);
        leaving.add(region);
    }

    /** Has the cache learn that others deregister a region: the kernel, say, or the application behind its back. */
    void watch(final CachedRegion region) {
        registrations.of(region).onDeregister(() -> {
            if (region.lose()) {
                losses.increment();
                lost.add(region);
            }
        });
    }

    /** The next that others have deregistered, or null. */
    @Nullable CachedRegion nextLost() {
        return lost.poll();
    }

    /** A region that is in the table no more was deregistered by others. */
    void lose(final CachedRegion region) {
        closeLost(region);
        settle(region);
        if (bound.remove(region)) {
            registrations.remove(region);
        }
    }

    /** What is left of it to be closed: a handle of the kernel's. */
    private void closeLost(final CachedRegion region) {
        final MemoryRegion memory = registrations.find(region);
        try {
            if (memory != null) {
                memory.close();
            }
        } catch (final RnicException e) {
            // It is gone, in whatever way.
        }
    }

    /** Deregisters an idle region of the table; false if it is leased by now, or windows are bound to it. */
    boolean claim(final CachedRegion region) {
        if (!region.giveUpIdle()) {
            return false;
        }
        if (deregister(region)) {
            claimed = region;
            return true;
        }
        region.comeBack();
        region.bound(true);
        passedOver.add(region);
        return false;
    }

    /** A region has left the table; false if it goes later. */
    boolean giveUp(final CachedRegion region) {
        if (region == claimed) {
            claimed = null;
            return true;
        }
        final boolean leased = region.giveUp();
        if (!leased && deregister(region)) {
            return true;
        }
        (leased ? leaving : bound).add(region);
        if (region.isLost()) {
            closeLost(region);
            return true;
        }
        count(region);
        return false;
    }

    /** A region's last lease has ended. By now the region may be in the table again, or have gone. */
    void ended(final CachedRegion region) {
        if (region.leases() == 0 && leaving.remove(region)) {
            finish(region);
        }
    }

    /** Deregisters those whose last lease has ended just now: who ended it waits to say so. */
    void finishEnded() {
        List.copyOf(leaving).forEach(this::ended);
    }

    private void finish(final CachedRegion region) {
        if (deregister(region)) {
            settle(region);
        } else {
            bound.add(region);
        }
    }

    private void count(final CachedRegion region) {
        final MemoryRegion memory = registrations.of(region);
        counted.put(region, pages(memory.address(), memory.address() + memory.length()));
    }

    private void settle(final CachedRegion region) {
        final Long pages = counted.remove(region);
        if (pages != null) {
            settle.accept(pages);
        }
    }

    /** Deregisters what could not go for windows, as far as it can by now; those that were passed over may be tried. */
    void retry() {
        passedOver.forEach(region -> region.bound(false));
        passedOver.clear();
        bound.removeIf(region -> {
            final boolean done = deregister(region);
            if (done) {
                settle(region);
            }
            return done;
        });
    }

    /** False while memory windows are bound to it. */
    private boolean deregister(final CachedRegion region) {
        final boolean done = deregisters(region);
        if (done) {
            registrations.remove(region);
        }
        return done;
    }

    private boolean deregisters(final CachedRegion region) {
        if (region.isLost()) {
            closeLost(region);
            return true;
        }
        final MemoryRegion memory = registrations.find(region);
        if (memory == null) {
            // Already, and what came then kept it from being forgotten.
            return true;
        }
        region.departing(true);
        try {
            memory.close();
        } catch (final RnicException e) {
            region.departing(false);
            if (e.error() == RnicError.BUSY) {
                if (region.isLost()) { // others have done it just now, which was no news then
                    closeLost(region);
                    return true;
                }
                return false;
            }
            if (e.error() == RnicError.CLOSED) {
                // With its device.
                return true;
            }
            throw e;
        }
        deregistrations++;
        return true;
    }

    /** The leases of regions that are given up. */
    long leases() {
        return leaving.stream().mapToLong(CachedRegion::leases).sum();
    }

    /** How many regions are given up, and registered still. */
    int size() {
        return leaving.size() + bound.size();
    }

    /** How many of them stay for their windows. */
    int bound() {
        return bound.size();
    }

    /** How many regions there are that could not go for their windows when they were to. */
    int held() {
        return bound.size() + passedOver.size();
    }

    /** How many regions others have deregistered. */
    long losses() {
        return losses.sum();
    }

    long deregistrations() {
        return deregistrations;
    }
}
