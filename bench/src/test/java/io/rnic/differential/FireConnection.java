package io.rnic.differential;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.PostException;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.util.random.RandomGenerator;

/**
 * A connection over which one thread places. Another polls the receives, and others break it whenever they like; the
 * placing thread mends it.
 */
final class FireConnection implements AutoCloseable {
    private static final int DEPTH = 32;
    private static final int WRITE = 0;
    private static final int READ = 1;
    private static final int SEND = 2;

    private final Rnic serverNic;
    private final FireMemory clients;
    private final FireMemory servers;
    private final FireCounts counts;
    private final RandomGenerator random;
    private final ProtectionDomain clientDomain;
    private final CompletionQueue sends;
    private final CompletionQueue unused;
    private final CompletionQueue receives;
    private final QueuePair server;
    private final SendRequest request = new SendRequest();
    private final ReceiveRequest receive = new ReceiveRequest();
    private volatile QueuePair client;
    private int outstanding;

    FireConnection(final Rnic clientNic, final ProtectionDomain clientDomain, final FireMemory clients,
        final Rnic serverNic, final ProtectionDomain serverDomain, final FireMemory servers, final FireCounts counts,
        final RandomGenerator random) {
        this.serverNic = serverNic;
        this.clientDomain = clientDomain;
        this.clients = clients;
        this.servers = servers;
        this.counts = counts;
        this.random = random;
        sends = clientNic.createCompletionQueue(4 * DEPTH);
        unused = serverNic.createCompletionQueue(4 * DEPTH);
        receives = serverNic.createCompletionQueue(4 * DEPTH);
        client = createClient();
        server = serverDomain.createQueuePair(QueuePairOptions.of(unused, receives).withRequests(DEPTH, DEPTH));
    }

    private QueuePair createClient() {
        return clientDomain.createQueuePair(QueuePairOptions.of(sends).withRequests(DEPTH, DEPTH));
    }

    /** A few requests, and all their completions: every request has one, whatever becomes of the connection. */
    void place() throws InterruptedException {
        if (client.state() != QueuePairState.RTS) {
            mend();
        }
        for (int i = 1 + random.nextInt(DEPTH / 2); i > 0; i--) {
            post();
        }
        while (outstanding > 0) {
            if (sends.poll(done -> count(done.status()), DEPTH) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    private void count(final CompletionStatus status) {
        outstanding--;
        switch (status) {
            case SUCCESS -> counts.placements.increment();
            case FLUSHED -> counts.flushed.increment();
            default -> counts.refused.increment();
        }
    }

    private void post() {
        final int kind = random.nextInt(3);
        final MemoryRegion local = clients.any(random.nextBoolean(), random);
        final MemoryRegion remote = servers.any(kind != SEND || random.nextInt(4) == 0, random);
        final int length = 1 + random.nextInt(random.nextBoolean() ? 40 : 1024);
        final int offset = random.nextInt(FireMemory.BYTES - length);
        switch (kind) {
            case WRITE -> request.write(outstanding, remote.address() + offset, remote.rkey());
            case READ -> request.read(outstanding, remote.address() + offset, remote.rkey());
            default -> {
                postReceive(remote, offset, length);
                request.send(outstanding);
            }
        }
        client.postSend(request.sge(local, offset, length).signalled(true));
        outstanding++;
    }

    private void postReceive(final MemoryRegion region, final int offset, final int length) {
        try {
            server.postReceive(receive.receive(outstanding).sge(region, offset, length));
        } catch (final PostException e) {
            if (e.error() != RnicError.QUEUE_FULL && e.error() != RnicError.INVALID_STATE) {
                throw e;
            }
        }
    }

    /** Takes what has been received: short messages are placed by this thread. */
    boolean takeReceives() {
        return receives.poll(done -> { }, DEPTH) > 0;
    }

    /** Connects again; who breaks waits meanwhile. */
    private synchronized void mend() throws InterruptedException {
        if (random.nextInt(4) == 0) {
            client.close();
            client = createClient();
        } else {
            client.modify(QueuePairState.RESET);
            client.modify(QueuePairState.INIT);
        }
        server.modify(QueuePairState.RESET);
        server.modify(QueuePairState.INIT);
        ConnectedPair.connect(client, serverNic, server);
        counts.connects.increment();
    }

    /** Ends the connection from either side, in one of two ways. */
    synchronized void disrupt(final int way) {
        final QueuePair side = (way & 1) == 0 ? client : server;
        try {
            if ((way & 2) == 0) {
                side.disconnect();
            } else {
                side.modify(QueuePairState.ERROR);
            }
            counts.disconnects.increment();
        } catch (final RnicException e) {
            if (e.error() != RnicError.INVALID_STATE) {
                throw e;
            }
        }
    }

    /** What is left when nobody places any more: all of it flushed or done. */
    @Override
    public void close() {
        client.close();
        server.close();
        for (final CompletionQueue queue : new CompletionQueue[] {sends, unused, receives}) {
            for (final CompletedRequest left : Completions.poll(queue)) {
                throw new AssertionError("a completion of a queue pair that is closed: " + left);
            }
            queue.close();
        }
    }
}
