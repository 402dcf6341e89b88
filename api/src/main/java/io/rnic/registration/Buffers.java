package io.rnic.registration;

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
}
