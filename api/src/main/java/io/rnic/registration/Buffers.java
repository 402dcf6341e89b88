package io.rnic.registration;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

/** The buffers that an application has told of, by address. */
final class Buffers {
    private final TreeMap<Long, MemorySegment> byAddress = new TreeMap<>();

    /** Of buffers that lie in one another, the outermost counts. */
    void add(final MemorySegment buffer) {
        // Not by equals(), which is true of any two segments that begin at the same address.
        if (around(buffer).byteSize() == buffer.byteSize()) {
            remove(buffer);
            byAddress.put(buffer.address(), buffer);
        }
    }

    /** Forgets the buffers that lie in that memory as a whole. */
    void remove(final MemorySegment memory) {
        final long end = memory.address() + memory.byteSize();
        byAddress.subMap(memory.address(), end).values()
            .removeIf(buffer -> buffer.address() + buffer.byteSize() <= end);
    }

    void removeClosed() {
        byAddress.values().removeIf(buffer -> !buffer.scope().isAlive());
    }

    /** The buffer that a segment is a slice of; the segment itself if none is known. */
    MemorySegment around(final MemorySegment segment) {
        final Map.Entry<Long, MemorySegment> entry = byAddress.floorEntry(segment.address());
        if (entry == null) {
            return segment;
        }
        final MemorySegment buffer = entry.getValue();
        return buffer.scope().equals(segment.scope())
            && buffer.address() + buffer.byteSize() >= segment.address() + segment.byteSize() ? buffer : segment;
    }

    /** Refuses what no NIC could use: the caller's mistakes. */
    static void check(final MemorySegment segment, final long offset, final long length, final boolean writes) {
        if (length < 1 || offset < 0 || offset > segment.byteSize() - length || !segment.isNative()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "cannot lease " + length + " bytes at " + offset
                + " of a segment of " + segment.byteSize() + (segment.isNative() ? " bytes; allowed: 1 byte or more"
                + " inside of it" : " bytes: it is on the Java heap, which a NIC cannot reach"));
        }
        // Pages are rounded up to, and sums of addresses stay positive.
        if (segment.address() < 0
            || segment.address() > Long.MAX_VALUE - CostModel.PAGE_BYTES - segment.byteSize()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "cannot lease memory at 0x"
                + Long.toHexString(segment.address()) + ": no process has memory there; allowed: addresses below 2^63");
        }
        if (writes && segment.isReadOnly()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "cannot lease a read-only segment: registrations of"
                + " this cache allow LOCAL_WRITE; a segment that may be written is allowed");
        }
    }
}
