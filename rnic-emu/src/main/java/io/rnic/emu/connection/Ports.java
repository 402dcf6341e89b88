package io.rnic.emu.connection;

import io.rnic.emu.engine.Engine;
import io.rnic.emu.link.Capture;
import io.rnic.emu.link.FaultPlan;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ports of a device, and the lock that covers its connections. */
public final class Ports {
    /** Private data: 512 bytes of RFC 5044 §7.1 less the 4 of RFC 6581 §9. */
    public static final int MAX_PRIVATE_DATA = 508;

    private static final int FIRST_PICKED = 49152;
    private static final int LAST = 65535;

    private final Map<Integer, Listening> listeners = new HashMap<>();
    private int nextPicked = FIRST_PICKED;

    private final Engine engine;
    private final FaultPlan faults;
    private final @Nullable Capture capture;

    /**
     * Ports with nobody listening.
     *
     * @param engine  does the work of the queue pairs that get connected
     * @param faults  what their links are asked to do wrong
     * @param capture where it is written down what goes over their links, null if it is not
     */
    public Ports(final Engine engine, final FaultPlan faults, final @Nullable Capture capture) {
        this.engine = engine;
        this.faults = faults;
        this.capture = capture;
    }

    @Nullable Capture capture() {
        return capture;
    }

    FaultPlan faults() {
        return faults;
    }

    Engine engine() {
        return engine;
    }

    /**
     * Listens.
     *
     * @throws RnicException ADDRESS_IN_USE, INVALID_ARGUMENT
     */
    public synchronized Listening listen(final InetSocketAddress local) {
        checkLocal(local);
        final int port = local.getPort() == 0 ? pick() : local.getPort();
        if (listeners.containsKey(port)) {
            throw new RnicException(RnicError.ADDRESS_IN_USE, "port " + port
                + " is taken; use another, or 0 to have one picked");
        }
        final Listening listener =
            new Listening(this, new InetSocketAddress(local.getAddress(), port));
        listeners.put(port, listener);
        return listener;
    }

    private int pick() {
        for (int tries = FIRST_PICKED; tries <= LAST; tries++) {
            final int port = nextPicked;
            nextPicked = port == LAST ? FIRST_PICKED : port + 1;
            if (!listeners.containsKey(port)) {
                return port;
            }
        }
        throw new RnicException(RnicError.ADDRESS_IN_USE, "all ports from " + FIRST_PICKED + " to " + LAST
            + " are taken");
    }

    /**
     * Asks for a connection; the caller holds this lock.
     *
     * @throws RnicException CONNECTION_REFUSED, INVALID_ARGUMENT
     */
    public synchronized PendingConnection connect(
        final Endpoint asking, final InetSocketAddress remote, final byte[] privateData) {
        checkLocal(remote);
        checkPrivateData(privateData);
        final Listening listener = listeners.get(remote.getPort());
        if (listener == null) {
            throw new RnicException(RnicError.CONNECTION_REFUSED, "connection refused: nobody listens on " + remote);
        }
        final PendingConnection pending = new PendingConnection(this, asking, remote, privateData.clone());
        listener.add(pending);
        return pending;
    }

    static void checkPrivateData(final byte[] privateData) {
        if (privateData.length > MAX_PRIVATE_DATA) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "private data of " + privateData.length
                + " bytes; allowed: up to " + MAX_PRIVATE_DATA);
        }
    }

    /** The loopback link reaches this machine's own addresses. */
    private static void checkLocal(final InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "address " + address + " is not resolved");
        }
        boolean local;
        try {
            local = (address.getAddress().isLoopbackAddress()
                || address.getAddress().isAnyLocalAddress()
                || NetworkInterface.getByInetAddress(address.getAddress()) != null);
        } catch (final SocketException e) {
            local = false;
        }
        if (!local) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "address " + address
                + " is not one of this machine; the loopback link reaches only these, for instance 127.0.0.1");
        }
    }

    synchronized void remove(final Listening listener) {
        listeners.remove(listener.address().getPort());
    }
}
