package io.rnic.fuzz;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What Netty's event loops caught and only logged, and what threads died of. */
final class Complaints extends Handler {
    private static final Logger NETTY = Logger.getLogger("io.netty");
    private static final Complaints ALL = new Complaints();

    static {
        NETTY.addHandler(ALL);
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) ->
            ALL.add("thread " + thread.getName() + " died", thrown));
    }

    private final Queue<AssertionError> found = new ConcurrentLinkedQueue<>();

    /** Fails if there is one. */
    static void check() {
        final AssertionError first = ALL.found.poll();
        if (first != null) {
            throw first;
        }
    }

    private void add(final String what, final Throwable thrown) {
        found.add(new AssertionError(what, thrown));
    }

    @Override
    public void publish(final LogRecord logged) {
        if (logged.getLevel().intValue() >= Level.WARNING.intValue()) {
            add(logged.getMessage(), logged.getThrown());
        }
    }

    @Override
    public void flush() {
    }

    @Override
    public void close() {
    }
}
