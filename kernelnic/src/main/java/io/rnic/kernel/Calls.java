package io.rnic.kernel;

import io.rnic.emu.host.PerThread;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.Kernel;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The application's side of the system calls: a block for each thread, and errors as exceptions again. */
final class Calls {
    private final Kernel kernel;
    private final PerThread<Caller> callers = new PerThread<>(Caller::new);

    /** What a thread has to call with. */
    private static final class Caller extends PerThread.Owned {
        private final ArgumentBlock block = new ArgumentBlock();
    }

    Calls(final Kernel kernel) {
        this.kernel = kernel;
    }

    Kernel kernel() {
        return kernel;
    }

    /** The calling thread's block, empty. */
    ArgumentBlock block() {
        return callers.get().block.clear();
    }

    /** Calls; what failed is thrown. */
    long call(final int number, final ArgumentBlock block) {
        return call(number, block, null);
    }

    long call(final int number, final ArgumentBlock block, final @Nullable MemorySegment attachment) {
        final long result = kernel.call(number, block, attachment);
        if (result < 0) {
            throw error(block);
        }
        return result;
    }

    /** Calls something that waits. */
    long callWaiting(final int number, final ArgumentBlock block) throws InterruptedException {
        final long result = kernel.call(number, block, null);
        if (result == SystemCall.INTERRUPTED) {
            throw new InterruptedException();
        }
        if (result < 0) {
            throw error(block);
        }
        return result;
    }

    /** A call with nothing but a handle. */
    void call(final int number, final int handle) {
        call(number, block().putInt(handle));
    }

    private static RnicException error(final ArgumentBlock block) {
        final RnicError error = RnicError.valueOf(block.getText());
        final String message = block.getText();
        return error == RnicError.CONNECTION_REJECTED ? new RejectedException(message, block.getBytes())
            : new RnicException(error, message);
    }
}
