package io.rnic.bench.regcache.execute;

import io.rnic.registration.CostModel;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import java.lang.foreign.MemorySegment;

/**
 * Memory of the same size as a cache's buffer, in which the same places are registered and deregistered at about the
 * same time. What that takes is what such calls cost now and in this state. There is no one price of a call: pages that
 * were touched just before lock in half the time of those that have left the processor's caches, and the more regions
 * are locked, the longer the kernel looks for its own. So a model that was measured on other calls is off by a quarter.
 */
final class Twin {
    private final ProtectionDomain domain;
    private final MemorySegment buffer;
    private final MemorySegment copy;
    private final LineFit register = new LineFit();
    private final LineFit deregister = new LineFit();

    /** Measures in {@code copy} what is done in {@code buffer}. */
    Twin(final ProtectionDomain domain, final MemorySegment buffer, final MemorySegment copy) {
        this.domain = domain;
        this.buffer = buffer;
        this.copy = copy;
    }

    /** Registers the place that a segment has in the buffer. */
    MemoryRegion register(final MemorySegment segment, final Access... access) {
        final MemorySegment place = copy.asSlice(segment.address() - buffer.address(), segment.byteSize());
        final long begin = CallClock.now();
        final MemoryRegion region = domain.registerMemory(place, access);
        register.add(pages(region), CallClock.since(begin));
        return region;
    }

    void deregister(final MemoryRegion region) {
        final long pages = pages(region);
        final long begin = CallClock.now();
        region.close();
        deregister.add(pages, CallClock.since(begin));
    }

    private static long pages(final MemoryRegion region) {
        return (region.address() + region.length() - 1) / CostModel.PAGE_BYTES - region.address() / CostModel.PAGE_BYTES
            + 1;
    }

    /** The costs that were seen. */
    CostModel model(final double hitNs) {
        return LineFit.model(register.line(), deregister.line(), hitNs);
    }
}
