package io.rnic.kernel;

import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.MemoryWindow;

/** A memory window by its handle. */
record KernelMemoryWindow(KernelRnic rnic, int handle) implements MemoryWindow {
    @Override
    public int rkey() {
        final ArgumentBlock block = rnic.calls().block().putInt(handle);
        rnic.calls().call(SystemCall.QUERY_WINDOW, block);
        return block.getInt();
    }

    @Override
    public void close() {
        rnic.calls().call(SystemCall.CLOSE, handle);
    }

    @Override
    public String toString() {
        return "memory window of handle " + handle;
    }
}
