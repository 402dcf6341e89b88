package io.rnic.kernel;

import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryRegionAttributes;
import java.lang.foreign.MemorySegment;

/** A memory region by its handle. */
record KernelMemoryRegion(KernelRnic rnic, int handle, MemorySegment segment, long address, long length, int lkey)
        implements MemoryRegion {
    @Override
    public int rkey() {
        return lkey;
    }

    @Override
    public void reregister(final Access... access) {
        rnic.calls().call(SystemCall.REREGISTER_MEMORY,
            rnic.calls().block().putInt(handle).putInt(Access.bits(access)));
    }

    @Override
    public MemoryRegionAttributes query() {
        final ArgumentBlock block = rnic.calls().block().putInt(handle);
        final int access = (int) rnic.calls().call(SystemCall.QUERY_MEMORY_REGION, block);
        return new MemoryRegionAttributes(
            block.getLong(), block.getLong(), block.getInt(), block.getInt(), Access.of(access), block.getInt());
    }

    @Override
    public void onDeregister(final Runnable notice) {
        rnic.calls().kernel().onDeregister(handle, notice);
    }

    @Override
    public void close() {
        rnic.calls().call(SystemCall.CLOSE, handle);
    }

    @Override
    public String toString() {
        return "memory region stag=0x" + Integer.toHexString(lkey) + " of " + length + " bytes";
    }
}
