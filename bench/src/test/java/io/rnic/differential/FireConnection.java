package io.rnic.differential;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.verbs.Access;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionOpcode;
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
import io.rnic.verbs.SharedReceiveQueue;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A connection over which one thread places, and lets the server bind windows and make keys invalid. Another polls the
 * receives, and others break it whenever they like; the placing thread mends it.
 */
final class FireConnection implements AutoCloseable {
    private static final int DEPTH = 32;
    private static final int WRITE = 0;
    private static final int READ = 1;
    private static final int ATOMIC = 2;
    private static final int SEND = 3;
    private static final int KINDS = 4;

    private final Rnic serverNic;
    private final FireMemory clients;
    private final FireMemory servers;
    private final FireCounts counts;
    private final RandomGenerator random;
    private final ProtectionDomain clientDomain;
    private final CompletionQueue sends;
    /** Where the server's bindings and invalidations complete. */
    private final CompletionQueue changes;
    private final CompletionQueue receives;
    private final QueuePair server;
    private final @Nullable SharedReceiveQueue shared;
    private final SendRequest request = new SendRequest();
    private final SendRequest change = new SendRequest();
    private final ReceiveRequest receive = new ReceiveRequest();
    private volatile QueuePair client;
    private int outstanding;

    FireConnection(final Rnic clientNic, final ProtectionDomain clientDomain, final FireMemory clients,
        final Rnic serverNic, final ProtectionDomain serverDomain, final FireMemory servers,
        final @Nullable SharedReceiveQueue shared, final FireCounts counts, final RandomGenerator random) {
        this.serverNic = serverNic;
        this.clientDomain = clientDomain;
        this.clients = clients;
        this.servers = servers;
        this.shared = shared;
        this.counts = counts;
        this.random = random;
        sends = clientNic.createCompletionQueue(4 * DEPTH);
        changes = serverNic.createCompletionQueue(4 * DEPTH);
        receives = serverNic.createCompletionQueue(4 * DEPTH);
        client = createClient();
        final QueuePairOptions options = QueuePairOptions.of(changes, receives).withRequests(DEPTH, DEPTH);
        server = serverDomain.createQueuePair(shared == null ? options : options.withSharedReceiveQueue(shared));
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
            if (sends.poll(this::count, DEPTH) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    private void count(final Completion done) {
        outstanding--;
        switch (done.status()) {
            case SUCCESS -> {
                counts.placements.increment();
                counts.atomics.add(done.opcode() == CompletionOpcode.ATOMIC_FETCH_AND_ADD ? 1 : 0);
            }
            case FLUSHED -> counts.flushed.increment();
            default -> counts.refused.increment();
        }
    }

    private void post() {
        final int kind = random.nextInt(KINDS);
        final FireMemory.Registered local = clients.any(random.nextBoolean(), random);
        final FireMemory.Registered remote = servers.any(kind < SEND || random.nextInt(4) == 0, random);
        final int length = kind == ATOMIC ? Long.BYTES : 1 + random.nextInt(random.nextBoolean() ? 40 : 1024);
        final int offset = kind == ATOMIC ? Long.BYTES * random.nextInt(FireMemory.BYTES / Long.BYTES)
            : random.nextInt(FireMemory.BYTES - length);
        final int key = remote.bound().get() && random.nextBoolean() ? windowKey(remote) : remote.region().rkey();
        final long target = remote.region().address() + offset;
        switch (kind) {
            case WRITE -> request.write(outstanding, target, key);
            case READ -> request.read(outstanding, target, key);
            case ATOMIC -> request.fetchAndAdd(outstanding, target, key, 1);
            default -> {
                postReceive(remote.region(), offset, length);
                final FireMemory.Registered bound = servers.any(true, random);
                if (random.nextInt(64) == 0 && bound.bound().compareAndSet(true, false)) {
                    request.sendWithInvalidate(outstanding, windowKey(bound));
                } else {
                    request.send(outstanding);
                }
            }
        }
        if (random.nextInt(128) == 0) { // each waits for whoever is placing just now
            changeWindow(servers.any(true, random));
        }
        client.postSend(request.sge(local.region(), offset, length).signalled(true));
        outstanding++;
    }

    /** The key of a window that others may have deallocated by now. */
    private static int windowKey(final FireMemory.Registered of) {
        try {
            return of.window().rkey();
        } catch (final RnicException e) {
            check(e, RnicError.CLOSED);
            return 0;
        }
    }

    /** The server binds a window of its own, or makes its key invalid, and may find it gone. */
    private void changeWindow(final FireMemory.Registered of) {
        try {
            final MemoryRegion region = of.region();
            of.bound().set(random.nextInt(4) != 0);
            if (!of.bound().get()) {
                change.localInvalidate(0, of.window().rkey());
            } else {
                change.bind(0, of.window(), region, 0, region.length(), Access.REMOTE_WRITE, Access.REMOTE_READ,
                    Access.REMOTE_ATOMIC);
            }
            server.postSend(change.signalled(true));
        } catch (final RnicException e) {
            check(e, RnicError.CLOSED, RnicError.QUEUE_FULL, RnicError.INVALID_STATE);
        }
    }

    private void postReceive(final MemoryRegion region, final int offset, final int length) {
        try {
            if (shared == null) {
                server.postReceive(receive.receive(outstanding).sge(region, offset, length));
            } else {
                // Whoever's message it gets, perhaps after this connection: it has room, and seldom goes itself.
                shared.postReceive(receive.receive(outstanding).sge(
                    random.nextInt(64) == 0 ? region : servers.lasting(), 0, FireMemory.BYTES));
            }
        } catch (final PostException e) {
            check(e, RnicError.QUEUE_FULL, RnicError.INVALID_STATE);
        }
    }

    private static void check(final RnicException refusal, final RnicError... allowed) {
        if (!Set.of(allowed).contains(refusal.error())) {
            throw refusal;
        }
    }

    /** Takes what has been received, where this thread places short messages, and what the server has done. */
    boolean takeReceives() {
        final int received = receives.poll(done -> {
            if (done.status() == CompletionStatus.SUCCESS) {
                counts.invalidations.add(done.invalidatedStag() == 0 ? 0 : 1);
                counts.sharedReceives.add(shared == null ? 0 : 1);
            }
        }, DEPTH);
        return changes.poll(done -> {
            if (done.status() == CompletionStatus.SUCCESS) {
                (done.opcode() == CompletionOpcode.LOCAL_INVALIDATE ? counts.invalidations : counts.bindings)
                    .increment();
            }
        }, DEPTH) + received > 0;
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
            check(e, RnicError.INVALID_STATE);
        }
    }

    /** What is left when nobody places any more: all of it flushed or done. */
    @Override
    public void close() {
        client.close();
        server.close();
        for (final CompletionQueue queue : new CompletionQueue[] {sends, changes, receives}) {
            for (final CompletedRequest left : Completions.poll(queue)) {
                throw new AssertionError("a completion of a queue pair that is closed: " + left);
            }
            queue.close();
        }
    }
}
