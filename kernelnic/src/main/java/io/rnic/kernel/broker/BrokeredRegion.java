package io.rnic.kernel.broker;

import io.rnic.emu.RegionResource;
import java.util.concurrent.atomic.AtomicLong;

/** A region that a process has registered. The kernel may take it away before the process gives it up. */
final class BrokeredRegion {
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final RegionResource resource;
    private final long bytes;
    private final long number = NUMBERS.incrementAndGet();
    private boolean closed;

    /**
     * A region.
     *
     * @param resource of the device
     * @param bytes    what was charged to the process's quota
     */
    BrokeredRegion(final RegionResource resource, final long bytes) {
        this.resource = resource;
        this.bytes = bytes;
    }

    RegionResource resource() {
        return resource;
    }

    /** Later ones have larger numbers. */
    long number() {
        return number;
    }

    long bytes() {
        return bytes;
    }

    /**
     * Deregisters it; false if that is done already.
     *
     * @param byForce whether also if memory windows are bound to it
     */
    synchronized boolean close(final boolean byForce) {
        if (closed) {
            return false;
        }
        if (byForce) {
            resource.closeByForce();
        } else {
            resource.close();
        }
        closed = true;
        return true;
    }
}
