package io.rnic.emu.connection;

import io.rnic.emu.host.Deadline;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes connection requests on one port. */
public final class Listening {
    /** Requests that may wait to be looked at. */
    static final int BACKLOG = 128;

    private final Ports ports;
    private volatile InetSocketAddress address;
    private final Queue<PendingConnection> backlog = new ArrayDeque<>();
    private boolean closed;
    private Runnable unbind = () -> { };

    Listening(final Ports ports, final InetSocketAddress address) {
        this.ports = ports;
        this.address = address;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** The system listens for it too. */
    void bound(final int port, final Runnable undo) {
        synchronized (ports) {
            // As it was asked for: the system may say 0.0.0.0 as IPv6's any address.
            address = new InetSocketAddress(address.getAddress(), port);
            unbind = undo;
        }
    }

    void add(final PendingConnection pending) {
        synchronized (ports) {
            if (closed) {
                throw new RnicException(RnicError.CONNECTION_REFUSED, this + " is closed");
            }
            backlog.removeIf(waiting -> !waiting.isPending());
            if (backlog.size() == BACKLOG) {
                throw new RnicException(RnicError.CONNECTION_REFUSED,
                    "no connection to " + Ports.text(address) + ": " + BACKLOG + " requests wait there already");
            }
            backlog.add(pending);
            ports.notifyAll();
        }
    }

    /**
     * Waits for a request that is still open.
     *
     * @param timeoutNs how long at most
     * @return null when the time ran out
     */
    public @Nullable PendingConnection await(final long timeoutNs) throws InterruptedException {
        final Deadline deadline = new Deadline(timeoutNs);
        synchronized (ports) {
            while (true) {
                if (closed) {
                    throw new RnicException(RnicError.CLOSED, this + " is closed");
                }
                final PendingConnection next = backlog.poll();
                if (next != null && next.isPending()) {
                    return next;
                }
                final long leftNs = deadline.leftNs();
                if (next == null && leftNs <= 0) {
                    return null;
                }
                if (next == null) {
                    TimeUnit.NANOSECONDS.timedWait(ports, leftNs);
                }
            }
        }
    }

    /** Stops listening and refuses what waits. */
    public void close() {
        synchronized (ports) {
            ports.remove(this);
        }
        refuseAll();
    }

    /** Takes no requests any more; the port is free when it returns. The caller holds no lock: event loops take it. */
    void refuseAll() {
        synchronized (ports) {
            closed = true;
            backlog.forEach(pending -> pending.refuse(this + " was closed"));
            backlog.clear();
            ports.notifyAll();
        }
        unbind.run();
    }

    /** Its name, for messages. */
    @Override
    public String toString() {
        return "listener on port " + address.getPort();
    }
}
