package io.rnic.emu.connection;

import io.netty.channel.Channel;
import io.rnic.emu.engine.Engine;
import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.link.Capture;
import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.TcpSettings;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.SetUp;
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
    private final Reach reach;
    private final TcpPorts tcp;
    private final @Nullable Capture capture;

    /**
     * Ports with nobody listening.
     *
     * @param engine   does the work of the queue pairs that get connected
     * @param faults   what their links are asked to do wrong
     * @param reach    which links they take
     * @param settings of those by TCP
     * @param capture  where it is written down what goes over their links, null if it is not
     */
    public Ports(final Engine engine, final FaultPlan faults, final Reach reach, final TcpSettings settings,
        final @Nullable Capture capture) {
        this.engine = engine;
        this.faults = faults;
        this.reach = reach;
        this.capture = capture;
        tcp = new TcpPorts(this, settings);
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

    /** How often a connection by TCP could not be taken, for want of descriptors for instance. */
    public long failedAccepts() {
        return tcp.failedAccepts();
    }

    /** Connections by TCP that ended before a listener was told of them: what came is no set-up frame, or is late. */
    public long refusedSetUps() {
        return tcp.refusedSetUps();
    }

    /**
     * Listens.
     *
     * @throws RnicException ADDRESS_IN_USE, INVALID_ARGUMENT, DEVICE_LIMIT
     */
    public Listening listen(final InetSocketAddress local) {
        if (local.isUnresolved()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "address " + text(local) + " is not resolved");
        }
        if (reach.listensByTcp(local.getAddress())) {
            return listenByTcp(local);
        }
        checkLocal(local);
        synchronized (this) {
            return add(new Listening(this, new InetSocketAddress(
                local.getAddress(), local.getPort() == 0 ? pick() : local.getPort())));
        }
    }

    /** The port is the system's; within the device it is the same. */
    private Listening listenByTcp(final InetSocketAddress local) {
        final Listening listener = new Listening(this, local);
        final Channel channel = tcp.listen(local, listener);
        listener.bound(((InetSocketAddress) channel.localAddress()).getPort(),
            () -> channel.close().awaitUninterruptibly());
        try {
            return add(listener);
        } catch (final RnicException e) {
            listener.refuseAll();
            throw e;
        }
    }

    private synchronized Listening add(final Listening listener) {
        final int port = listener.address().getPort();
        if (listeners.putIfAbsent(port, listener) != null) {
            throw new RnicException(RnicError.ADDRESS_IN_USE, "port " + port
                + " is taken; use another, or 0 to have one picked");
        }
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
        checkPrivateData(privateData);
        final Listening listener = listeners.get(remote.getPort());
        if (goesByTcp(remote, listener)) {
            checkSingle(remote);
            return tcp.connect(asking, remote, privateData.clone());
        }
        checkLocal(remote);
        if (listener == null) {
            throw new RnicException(RnicError.CONNECTION_REFUSED, "no connection to " + text(remote)
                + ": nobody listens there among the listeners of this device in this JVM, and "
                + reach.staysWithin() + "; for one of another process set link=tcp on both sides");
        }
        final ReadLimits reads = asking.nic().reads();
        final SetUp request = SetUp.request(false, true, EnhancedData.ofDepths(reads.ird(), reads.ord()), privateData);
        final PendingConnection pending = new PendingConnection(
            this, new LoopbackPath(this, asking, remote, request), remote, privateData.clone(), reads);
        listener.add(pending);
        return pending;
    }

    private boolean goesByTcp(final InetSocketAddress remote, final @Nullable Listening listener) {
        if (remote.isUnresolved() || reach == Reach.LOOPBACK) {
            return false;
        }
        return reach == Reach.TCP
            || (!remote.getAddress().isLoopbackAddress() && (listener == null || !isLocal(remote)));
    }

    /**
     * Checks the length of what an application says when it connects, accepts or rejects.
     *
     * @throws RnicException INVALID_ARGUMENT beyond {@link #MAX_PRIVATE_DATA}
     */
    public static void checkPrivateData(final byte[] privateData) {
        if (privateData.length > MAX_PRIVATE_DATA) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "private data of " + privateData.length
                + " bytes; allowed: up to " + MAX_PRIVATE_DATA);
        }
    }

    private static void checkSingle(final InetSocketAddress remote) {
        if (remote.getAddress().isMulticastAddress()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT,
                "address " + text(remote) + " is a multicast one; a connection leads to the address of one machine");
        }
    }

    /** The loopback link reaches this machine's own addresses. */
    private static void checkLocal(final InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "address " + text(address) + " is not resolved");
        }
        if (!isLocal(address)) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "address " + text(address)
                + " is not one of this machine; the loopback link reaches only these, for instance 127.0.0.1");
        }
    }

    /** An address as a message says it. */
    static String text(final InetSocketAddress address) {
        final String text = address.toString();
        return text.startsWith("/") ? text.substring(1) : text; // Java's mark of an address without a name
    }

    static boolean isLocal(final InetSocketAddress address) {
        try {
            return address.getAddress().isLoopbackAddress()
                || address.getAddress().isAnyLocalAddress()
                || NetworkInterface.getByInetAddress(address.getAddress()) != null;
        } catch (final SocketException e) {
            return false;
        }
    }

    synchronized void remove(final Listening listener) {
        listeners.remove(listener.address().getPort());
    }
}
