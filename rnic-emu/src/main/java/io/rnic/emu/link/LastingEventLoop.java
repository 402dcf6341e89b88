package io.rnic.emu.link;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * An event loop that lasts as long as its JVM. Netty's ends at whatever is thrown past its handlers, and leaves its
 * listeners deaf and its connections dead; and what throws there is, of all things, the logging of an error that was
 * caught: where no descriptor is left, java.util.logging cannot load its time zones. Which logger Netty takes is the
 * application's affair, so the loop takes care of itself.
 */
final class LastingEventLoop extends SingleThreadIoEventLoop {
    /** As long as Netty waits when its selector fails. */
    private static final long REST_NS = 1_000_000_000;

    /** What fails each time would otherwise keep a core busy with telling it. */
    private boolean failedBefore;

    LastingEventLoop(final IoEventLoopGroup parent, final Executor executor, final IoHandlerFactory handlers) {
        super(parent, executor, handlers);
    }

    @Override
    protected int runIo() {
        try {
            final int handled = super.runIo();
            failedBefore = false;
            return handled;
        } catch (final Throwable e) {
            tell(e);
            if (failedBefore) {
                LockSupport.parkNanos(REST_NS);
            }
            failedBefore = true;
            return 0;
        }
    }

    /** The tasks behind the one that failed stay in the queue for the next turn. */
    @Override
    protected boolean runAllTasks(final long timeoutNs) {
        try {
            return super.runAllTasks(timeoutNs);
        } catch (final Throwable e) {
            tell(e);
            return true;
        }
    }

    private static void tell(final Throwable failure) {
        final Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        } catch (final Throwable e) {
            // That cannot be told either, for the same reason perhaps: the connections of the others matter more.
        }
    }
}
