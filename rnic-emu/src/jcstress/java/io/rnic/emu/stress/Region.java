package io.rnic.emu.stress;

import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryRegionAttributes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/** A word of memory that a host places messages into. */
record Region(MemorySegment segment) implements MemoryRegion {
    private static final int KEY = 5;

    Region() {
        this(MemorySegment.ofArray(new long[1]));
    }

    long word() {
        return segment.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    }

    void word(final long value) {
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
    }

    @Override
    public long address() {
        return 0;
    }

    @Override
    public long length() {
        return segment.byteSize();
    }

    @Override
    public int lkey() {
        return KEY;
    }

    @Override
    public int rkey() {
        return KEY;
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
