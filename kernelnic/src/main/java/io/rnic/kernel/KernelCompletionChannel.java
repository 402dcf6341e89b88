package io.rnic.kernel;

import io.rnic.emu.host.Deadline;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionQueue;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A completion channel by its handle. */
record KernelCompletionChannel(KernelRnic rnic, int handle) implements CompletionChannel {
    @Override
    public @Nullable CompletionQueue await(final Duration timeout) throws InterruptedException {
        return rnic.completionQueue((int) rnic.calls().callWaiting(SystemCall.AWAIT_CHANNEL,
            rnic.calls().block().putInt(handle).putLong(Deadline.nanos(timeout))));
    }

    @Override
    public void close() {
        rnic.calls().call(SystemCall.CLOSE, handle);
    }

    @Override
    public String toString() {
        return "completion channel of handle " + handle;
    }
}
