package io.rnic.behaviour;

import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Two connected sides, each with an opened NIC of its own, as two processes would have. */
final class Pair implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    final Side client;
    final Side server;

    Pair(final Door door) throws InterruptedException {
        this(door.options(), UnaryOperator.identity());
    }

    Pair(final RnicOptions options, final UnaryOperator<QueuePairOptions> queues) throws InterruptedException {
        this(new Side(Rnic.open(options), queues), new Side(Rnic.open(options), queues));
    }

    Pair(final Side client, final Side server) throws InterruptedException {
        this.client = client;
        this.server = server;
        connect(client.queuePair, server.rnic, server.queuePair);
    }

    static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    static void connect(final QueuePair client, final Rnic serverNic, final QueuePair server)
        throws InterruptedException {
        try (Listener listener = serverNic.listen(anyPort());
            ConnectionAttempt attempt = client.beginConnect(listener.address(), new byte[0])) {
            final ConnectionRequest request = Objects.requireNonNull(listener.await(PATIENCE));
            request.accept(server, new byte[0]);
            attempt.await(PATIENCE);
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
        client.rnic.close();
        server.rnic.close();
    }
}
