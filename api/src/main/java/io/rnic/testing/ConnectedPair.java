package io.rnic.testing;

import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Two connected sides, each on an opened NIC of its own, as two processes would have. */
public final class ConnectedPair implements AutoCloseable {
    private static final byte[] NO_PRIVATE_DATA = new byte[0];

    private final Side client;
    private final Side server;
    private final boolean acknowledges;

    private ConnectedPair(final Side client, final Side server) {
        this.client = client;
        this.server = server;
        acknowledges = client.queuePair().query().peerNumber() != 0; // iWARP does not tell
    }

    /** Opens two NICs with these options and connects a side on each. */
    public static ConnectedPair open(final RnicOptions options) throws InterruptedException {
        return open(options, UnaryOperator.identity());
    }

    /** The same with other options of the two queue pairs. */
    public static ConnectedPair open(final RnicOptions options, final UnaryOperator<QueuePairOptions> queues)
        throws InterruptedException {
        return Unwinding.unlessMade(unwinding ->
            of(openSide(options, queues, unwinding), openSide(options, queues, unwinding)));
    }

    private static Side openSide(
        final RnicOptions options, final UnaryOperator<QueuePairOptions> queues, final Unwinding unwinding) {
        final Rnic rnic = Rnic.open(options);
        unwinding.add(rnic::close);
        final Side side = Side.of(rnic, queues);
        unwinding.add(side::close);
        return side;
    }

    /** Connects two sides; they and their NICs are closed with the pair. */
    public static ConnectedPair of(final Side client, final Side server) throws InterruptedException {
        connect(client.queuePair(), server.rnic(), server.queuePair());
        return new ConnectedPair(client, server);
    }

    /** Connects two queue pairs through a port that is picked and given up again. */
    public static void connect(final QueuePair client, final Rnic serverNic, final QueuePair server)
        throws InterruptedException {
        try (Listener listener = serverNic.listen(anyPort());
            ConnectionAttempt attempt = client.beginConnect(listener.address(), NO_PRIVATE_DATA)) {
            final ConnectionRequest request = Objects.requireNonNull(listener.await(Completions.PATIENCE));
            request.accept(server, NO_PRIVATE_DATA);
            attempt.await(Completions.PATIENCE);
        }
    }

    /** Connects the two sides anew, whatever state they are in: what was posted and not polled is forgotten. */
    public void reconnect() throws InterruptedException {
        for (final QueuePair each : new QueuePair[] {client.queuePair(), server.queuePair()}) {
            each.modify(QueuePairState.RESET);
            each.modify(QueuePairState.INIT);
        }
        connect(client.queuePair(), server.rnic(), server.queuePair());
    }

    /**
     * Whether the link acknowledges: on loopback a Send or Write completes when the peer has taken it, or with the
     * error for which it was refused. Over TCP it completes when the stream has its bytes; what is refused ends the
     * connection by a Terminate afterwards, which {@link Side#awaitDiagnosis} tells.
     */
    public boolean acknowledges() {
        return acknowledges;
    }

    /** The loopback address with port 0: whoever listens there is given a free one. */
    public static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** The side that asked for the connection. */
    public Side client() {
        return client;
    }

    /** The side that listened. */
    public Side server() {
        return server;
    }

    /** Closes both sides, then their NICs, as far as they are open. */
    @Override
    public void close() {
        closeSides();
        Side.closeIfOpen(client.rnic()::close);
        Side.closeIfOpen(server.rnic()::close);
    }

    void closeSides() {
        try {
            client.close();
        } finally {
            server.close();
        }
    }
}
