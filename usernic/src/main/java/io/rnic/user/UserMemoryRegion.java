package io.rnic.user;

import io.rnic.emu.RegionResource;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryRegionAttributes;
import java.lang.foreign.MemorySegment;

/** A memory region of a user-level process. */
record UserMemoryRegion(UserRnic rnic, RegionResource resource) implements MemoryRegion {
    @Override
    public MemorySegment segment() {
        return resource.segment();
    }

    @Override
    public long address() {
        return resource.entry().address();
    }

    @Override
    public long length() {
        return resource.entry().length();
    }

    @Override
    public int lkey() {
        return resource.entry().stag();
    }

    @Override
    public int rkey() {
        return resource.entry().stag();
    }

    @Override
    public void reregister(final Access... access) {
        rnic.cross();
        resource.reregister(Access.bits(access), true);
    }

    @Override
    public MemoryRegionAttributes query() {
        rnic.cross();
        return resource.query();
    }

    @Override
    public void onDeregister(final Runnable notice) {
        resource.onDeregister(notice);
    }

    @Override
    public void close() {
        rnic.cross();
        resource.close();
    }

    @Override
    public String toString() {
        return resource.usage().name();
    }
}
