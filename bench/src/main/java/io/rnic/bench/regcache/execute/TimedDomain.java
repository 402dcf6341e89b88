package io.rnic.bench.regcache.execute;

import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryRegionAttributes;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.ProtectionDomainAttributes;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A domain that adds up what registering and deregistering take of the processor, and has a twin do the same: before it
 * and after it in turn, for the second of two equal calls finds the kernel's code in the caches. For one thread.
 */
final class TimedDomain implements ProtectionDomain {
    private final ProtectionDomain domain;
    private final @Nullable Twin twin;
    private boolean twinFirst;
    private long totalNs;
    private long lastNs;
    private long refused;

    TimedDomain(final ProtectionDomain domain, final @Nullable Twin twin) {
        this.domain = domain;
        this.twin = twin;
    }

    /** What all calls took. */
    long totalNs() {
        return totalNs;
    }

    /** What the last call took. */
    long lastNs() {
        return lastNs;
    }

    /** How many registrations were refused. */
    long refused() {
        return refused;
    }

    private void took(final long begin) {
        lastNs = CallClock.since(begin);
        totalNs += lastNs;
    }

    @Override
    public MemoryRegion registerMemory(final MemorySegment segment, final Access... access) {
        twinFirst = !twinFirst;
        final MemoryRegion before = twin != null && twinFirst ? twin.register(segment, access) : null;
        MemoryRegion region = null;
        try {
            final long begin = CallClock.now();
            region = domain.registerMemory(segment, access);
            took(begin);
            return new Timed(region, twin == null || before != null ? before : twin.register(segment, access));
        } catch (final RnicException e) {
            refused++;
            // Only one of the two may be locked: then none is.
            if (region != null) {
                region.close();
            }
            if (before != null) {
                before.close();
            }
            throw e;
        }
    }

    @Override
    public QueuePair createQueuePair(final QueuePairOptions options) {
        return domain.createQueuePair(options);
    }

    @Override
    public MemoryWindow allocateMemoryWindow() {
        return domain.allocateMemoryWindow();
    }

    @Override
    public SharedReceiveQueue createSharedReceiveQueue(final int receives, final int sges) {
        return domain.createSharedReceiveQueue(receives, sges);
    }

    @Override
    public ProtectionDomainAttributes query() {
        return domain.query();
    }

    @Override
    public void close() {
        domain.close();
    }

    /** A region whose deregistration is timed. */
    private final class Timed implements MemoryRegion {
        private final MemoryRegion region;
        private final @Nullable MemoryRegion copy;

        Timed(final MemoryRegion region, final @Nullable MemoryRegion copy) {
            this.region = region;
            this.copy = copy;
        }

        @Override
        public MemorySegment segment() {
            return region.segment();
        }

        @Override
        public long address() {
            return region.address();
        }

        @Override
        public long length() {
            return region.length();
        }

        @Override
        public int lkey() {
            return region.lkey();
        }

        @Override
        public int rkey() {
            return region.rkey();
        }

        @Override
        public MemoryRegionAttributes query() {
            return region.query();
        }

        @Override
        public void reregister(final Access... access) {
            region.reregister(access);
        }

        @Override
        public void onDeregister(final Runnable notice) {
            region.onDeregister(notice);
        }

        @Override
        public void close() {
            twinFirst = !twinFirst;
            final boolean first = twinFirst;
            if (first) {
                closeCopy();
            }
            final long begin = CallClock.now();
            region.close();
            took(begin);
            if (!first) {
                closeCopy();
            }
        }

        private void closeCopy() {
            if (twin != null && copy != null) {
                twin.deregister(copy);
            }
        }
    }
}
