package io.rnic.kernel;

import io.rnic.emu.host.Deadline;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.ConnectionAttempt;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A connection that was asked for, by its handle. */
record KernelConnectionAttempt(KernelRnic rnic, int handle, AtomicBoolean closed) implements ConnectionAttempt {
    KernelConnectionAttempt(final KernelRnic rnic, final int handle) {
        this(rnic, handle, new AtomicBoolean());
    }

    @Override
    public byte[] await(final Duration timeout) throws InterruptedException {
        final ArgumentBlock block = rnic.calls().block().putInt(handle).putLong(Deadline.nanos(timeout));
        rnic.calls().callWaiting(SystemCall.AWAIT_CONNECTION, block);
        return block.getBytes();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            rnic.calls().call(SystemCall.CLOSE, handle);
        }
    }
}
