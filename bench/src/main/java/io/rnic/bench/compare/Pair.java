package io.rnic.bench.compare;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.Resources;
import io.rnic.bench.run.Waiting;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.Rnic;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Two connected endpoints of one front end: the client belongs to the thread that made the pair, the server to its
 * partner.
 */
final class Pair implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final byte[] NO_PRIVATE_DATA = new byte[0];

    private final Resources resources = new Resources();
    private final Endpoint server;
    private final Endpoint client;

    /**
     * Makes and connects them.
     *
     * @param waiting makes a wait for each
     * @throws io.rnic.verbs.RnicException if the device refuses something; then nothing is left open
     */
    Pair(final Rnic nic, final Shape clientShape, final Shape serverShape, final Supplier<Waiting> waiting) {
        try {
            server = resources.add(new Endpoint(nic, serverShape, waiting.get()));
            client = resources.add(new Endpoint(nic, clientShape, waiting.get()));
            connect(nic);
            client.meet(server);
            server.meet(client);
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /** Both of the same shape. */
    Pair(final Rnic nic, final Shape shape, final Supplier<Waiting> waiting) {
        this(nic, shape, shape, waiting);
    }

    private void connect(final Rnic nic) {
        try (Listener listener = nic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
             ConnectionAttempt attempt = client.queuePair().beginConnect(listener.address(), NO_PRIVATE_DATA)) {
            final ConnectionRequest request = listener.await(TIMEOUT);
            if (request == null) {
                throw new ExperimentException("no connection request came within " + TIMEOUT.toSeconds() + " s");
            }
            request.accept(server.queuePair(), NO_PRIVATE_DATA);
            attempt.await(TIMEOUT);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted while connecting", e);
        }
    }

    Endpoint client() {
        return client;
    }

    Endpoint server() {
        return server;
    }

    @Override
    public void close() {
        resources.close();
    }
}
