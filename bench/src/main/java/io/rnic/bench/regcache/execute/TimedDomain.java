package io.rnic.bench.regcache.execute;

import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryRegionAttributes;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.ProtectionDomainAttributes;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.foreign.MemorySegment;

/** A domain that adds up what registering and deregistering take. For one thread. */
final class TimedDomain implements ProtectionDomain {
    private final ProtectionDomain domain;
    private long registerNs;
    private long deregisterNs;
    private long lastNs;

    TimedDomain(final ProtectionDomain domain) {
        this.domain = domain;
    }

    long registerNs() {
        return registerNs;
    }

    long deregisterNs() {
        return deregisterNs;
    }

    /** What the last call took. */
    long lastNs() {
        return lastNs;
    }

    @Override
    public MemoryRegion registerMemory(final MemorySegment segment, final Access... access) {
        final long begin = System.nanoTime();
        final MemoryRegion region = domain.registerMemory(segment, access);
        lastNs = System.nanoTime() - begin;
        registerNs += lastNs;
        return new Timed(region);
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

        Timed(final MemoryRegion region) {
            this.region = region;
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
        public void close() {
            final long begin = System.nanoTime();
            region.close();
            lastNs = System.nanoTime() - begin;
            deregisterNs += lastNs;
        }
    }
}
