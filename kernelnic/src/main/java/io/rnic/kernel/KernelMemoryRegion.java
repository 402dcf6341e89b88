package io.rnic.kernel;

import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
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
    public void close() {
        rnic.calls().call(SystemCall.CLOSE, handle);
    }
}
