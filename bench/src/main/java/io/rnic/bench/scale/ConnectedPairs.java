package io.rnic.bench.scale;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.Heap;
import io.rnic.bench.run.Resources;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Queue pairs on a device of their own, each connected to a peer there. */
final class ConnectedPairs implements AutoCloseable {
    /** What a device takes: half of its queue pairs post, the others are their peers. */
    static final int MAX_COUNT = 1 << 19;
    /** Requests that fit into each queue. */
    static final int QUEUE_REQUESTS = 16;

    /**
     * What a queue pair takes of the heap through the kernel, with the options of bench/rnic, and a little more: this
     * command says how much.
     */
    private static final long HEAP_BYTES = 3584;
    private static final int COMPLETIONS = 256;
    private static final int MEMORY_BYTES = 8192;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final byte[] NOTHING = new byte[0];

    private final Resources resources = new Resources();
    private final Rnic rnic;
    private final MemoryRegion region;
    private final CompletionQueue sends;
    private final CompletionQueue receives;
    private final @Nullable QueuePair[] clients;
    private final @Nullable QueuePair[] servers;
    private final long createdNs;

    /**
     * Creates and connects them.
     *
     * @param count how many, from 1 to {@link #MAX_COUNT}
     * @throws ExperimentException if the heap is too small for them; then nothing is left open
     */
    ConnectedPairs(final String frontEnd, final String threading, final int count) {
        checkHeap(count);
        try {
            rnic = resources.add(Rnic.open(RnicOptions.defaults().withFrontEnd(frontEnd)
                .with("device", "scale-" + frontEnd + "-" + threading + "-" + count)
                .with("threading", threading).with("link", "loopback")
                .with("pinning", "preferred").with("maxQueuePairs", Integer.toString(2 * count))
                .with("maxMemoryRegions", "8").with("onBoardMemory", "unlimited")));
            final Arena arena = Arena.ofAuto();
            final ProtectionDomain domain = resources.add(rnic.allocateProtectionDomain());
            region = resources.add(domain.registerMemory(arena.allocate(MEMORY_BYTES, MEMORY_BYTES),
                Access.LOCAL_WRITE, Access.REMOTE_WRITE));
            sends = resources.add(rnic.createCompletionQueue(COMPLETIONS));
            receives = resources.add(rnic.createCompletionQueue(COMPLETIONS));
            clients = new QueuePair[count];
            servers = new QueuePair[count];
            resources.add(this::closePairs);
            final long startNs = System.nanoTime();
            connectAll(domain);
            createdNs = System.nanoTime() - startNs;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            resources.close();
            throw new ExperimentException("interrupted while " + count + " queue pairs were connected");
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /** Asked before: with a full heap they could not even be closed. */
    private static void checkHeap(final int count) {
        final long needed = 2L * count * HEAP_BYTES;
        final long max = Runtime.getRuntime().maxMemory();
        if (needed > max / 4 && needed > max - Heap.usedBytes()) {
            throw new ExperimentException("a heap of " + (max >> 20) + " MiB is too small for " + count
                + " queue pairs and their peers, about " + (needed >> 20) + " MiB;"
                + " choose fewer with --queue-pairs, or raise it: RNIC_JAVA_OPTS=-Xmx5g");
        }
    }

    private void connectAll(final ProtectionDomain domain) throws InterruptedException {
        final QueuePairOptions options = QueuePairOptions.of(sends, receives)
            .withRequests(QUEUE_REQUESTS, QUEUE_REQUESTS).withInlineBytes(0);
        try (Listener listener = rnic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            for (int i = 0; i < clients.length; i++) {
                final QueuePair client = domain.createQueuePair(options);
                clients[i] = client;
                final QueuePair server = domain.createQueuePair(options);
                servers[i] = server;
                try (ConnectionAttempt attempt = client.beginConnect(listener.address(), NOTHING)) {
                    final ConnectionRequest request = Objects.requireNonNull(listener.await(PATIENCE));
                    request.accept(server, NOTHING);
                    attempt.await(PATIENCE);
                }
            }
        }
    }

    private void closePairs() {
        for (int i = 0; i < clients.length; i++) {
            close(clients[i]);
            close(servers[i]);
        }
    }

    private static void close(final @Nullable QueuePair queuePair) {
        if (queuePair != null) {
            queuePair.close();
        }
    }

    /** How many post. */
    int count() {
        return clients.length;
    }

    /** How long creating and connecting took. */
    long createdNs() {
        return createdNs;
    }

    /** The device. */
    Rnic rnic() {
        return rnic;
    }

    /** One that posts. */
    QueuePair client(final int index) {
        return Objects.requireNonNull(clients[index]);
    }

    /** Its peer. */
    QueuePair server(final int index) {
        return Objects.requireNonNull(servers[index]);
    }

    /** Memory for what is sent and for where it goes. */
    MemoryRegion region() {
        return region;
    }

    /** Where all their requests report. */
    CompletionQueue sends() {
        return sends;
    }

    /** Where all their receives report. */
    CompletionQueue receives() {
        return receives;
    }

    @Override
    public void close() {
        resources.close();
    }
}
