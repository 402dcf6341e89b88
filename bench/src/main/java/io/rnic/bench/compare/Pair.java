package io.rnic.bench.compare;

import io.rnic.bench.run.Loopback;
import io.rnic.bench.run.Resources;
import io.rnic.bench.run.Waiting;
import io.rnic.verbs.Rnic;
import java.util.function.Supplier;

/**
 * Two connected endpoints of one front end: the client belongs to the thread that made the pair, the server to its
 * partner.
 */
final class Pair implements AutoCloseable {
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
            Loopback.connect(nic, client.queuePair(), server.queuePair());
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
