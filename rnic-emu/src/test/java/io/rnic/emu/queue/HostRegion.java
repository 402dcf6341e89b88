package io.rnic.emu.queue;

import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryRegionAttributes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/** What a host knows of a region: its memory, and the key that was made up for it or that the NIC knows it by. */
public record HostRegion(MemorySegment segment, int lkey) implements MemoryRegion {
    /** A region of the test's own memory, of which no NIC knows. */
    public HostRegion(final MemorySegment segment) {
        this(segment, 5);
    }

    /** One that holds a word. */
    public HostRegion() {
        this(MemorySegment.ofArray(new long[1]));
    }

    /** Its first word. */
    public long word() {
        return segment.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    }

    /** Changes it. */
    public void word(final long value) {
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
    }

    @Override
    public long address() {
        return segment.address();
    }

    @Override
    public long length() {
        return segment.byteSize();
    }

    @Override
    public int rkey() {
        return lkey;
    }

    @Override
    public void reregister(final Access... access) {
    }

    @Override
    public MemoryRegionAttributes query() {
        return new MemoryRegionAttributes(address(), length(), lkey(), rkey(), Set.of(), 0);
    }

    @Override
    public void close() {
    }
}
