package io.rnic.registration;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

/** The buffers that an application has told of, by address. */
final class Buffers {
    private final TreeMap<Long, MemorySegment> byAddress = new TreeMap<>();

    void add(final MemorySegment buffer) {
        byAddress.put(buffer.address(), buffer);
    }

    void remove(final MemorySegment buffer) {
        byAddress.remove(buffer.address());
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
