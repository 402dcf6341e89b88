package io.rnic.bench.regcache.execute;

import io.rnic.registration.CostModel;
import io.rnic.verbs.DeviceAttributes;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A front end that locks memory, and the buffers that are registered through it. */
public final class RealMemory implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Rnic rnic;
    private final ProtectionDomain domain;
    private final MemorySegment buffer;
    private boolean left;

    /** Opens a front end and takes a buffer of so many bytes. */
    public RealMemory(final String frontEnd, final long bytes) {
        rnic = Rnic.open(RnicOptions.defaults().withFrontEnd(frontEnd).with("device", "regcache")
            .with("pinning", "locked").with("maxMemoryRegions", "4000000").with("onBoardMemory", "unlimited"));
        domain = rnic.allocateProtectionDomain();
        buffer = another(bytes);
    }

    /** Another buffer. */
    public MemorySegment another(final long bytes) {
        // Filled, so that its pages are there: what is timed is to lock them, not to get them.
        return arena.allocate(bytes, CostModel.PAGE_BYTES).fill((byte) 1);
    }

    /** The buffer. */
    public MemorySegment buffer() {
        return buffer;
    }

    /** Where it is registered. */
    public ProtectionDomain domain() {
        return domain;
    }

    /** What the NIC is. */
    public DeviceAttributes attributes() {
        return rnic.attributes();
    }

    /** Somebody who does not return uses it still: it is left to the end of the JVM. */
    public void leave() {
        left = true;
    }

    @Override
    public void close() {
        if (left) {
            return;
        }
        try (arena; rnic) {
            domain.close();
        } catch (final RnicException e) {
            // A policy that broke has left registrations: they go with the JVM, and no result is lost for them.
        }
    }
}
