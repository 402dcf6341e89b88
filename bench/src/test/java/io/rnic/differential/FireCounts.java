package io.rnic.differential;

import java.util.concurrent.atomic.LongAdder;

/** What has happened under fire so far; all threads count. */
final class FireCounts {
    final LongAdder placements = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder flushed = new LongAdder();
    final LongAdder atomics = new LongAdder();
    final LongAdder bindings = new LongAdder();
    final LongAdder invalidations = new LongAdder();
    final LongAdder sharedReceives = new LongAdder();
    final LongAdder registrations = new LongAdder();
    final LongAdder arenasClosed = new LongAdder();
    final LongAdder freedUnderCopy = new LongAdder();
    final LongAdder checkedBytes = new LongAdder();
    final LongAdder disconnects = new LongAdder();
    final LongAdder connects = new LongAdder();
    private final long beginNs = System.nanoTime();

    /** Whether everything has happened at least once. */
    boolean hasAll() {
        return placements() > 0 && registrations() > 0 && arenasClosed() > 0 && disconnects() > 0 && connects() > 0
            && checkedBytes.sum() > 0 && atomics.sum() > 0 && bindings.sum() > 0 && invalidations.sum() > 0
            && sharedReceives.sum() > 0 && freedUnderCopy.sum() > 0;
    }

    long placements() {
        return placements.sum();
    }

    long registrations() {
        return registrations.sum();
    }

    long arenasClosed() {
        return arenasClosed.sum();
    }

    long disconnects() {
        return disconnects.sum();
    }

    long connects() {
        return connects.sum();
    }

    @Override
    public String toString() {
        return String.format("%d placements (%d atomics, %d into shared receives), %d refused, %d flushed;"
            + " %d windows bound, %d keys invalidated; %d registrations, %d arenas closed while"
            + " registered, %d under long copies, %d bytes watched after deregistration;"
            + " %d disconnects, %d connects; %.1f s",
            placements(), atomics.sum(), sharedReceives.sum(), refused.sum(), flushed.sum(), bindings.sum(),
            invalidations.sum(), registrations(), arenasClosed(), freedUnderCopy.sum(), checkedBytes.sum(),
            disconnects(), connects(), (System.nanoTime() - beginNs) / 1e9);
    }
}
