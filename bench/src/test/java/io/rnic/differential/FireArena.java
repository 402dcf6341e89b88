package io.rnic.differential;

import io.rnic.testing.ConnectedPair;
import io.rnic.verbs.Access;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * A connection whose source or target is freed while the NIC copies as much as it can: messages so long that it is
 * nearly always in the middle of one. Every request has a completion all the same, nobody comes out interrupted, and
 * the NIC goes on.
 */
final class FireArena {
    private static final int BYTES = 1 << 20;
    private static final int DEPTH = 8;
    private static final Access[] ALL = Access.values();

    private final RnicOptions options;
    private final FireCounts counts;
    private final RandomGenerator random;
    private final SendRequest request = new SendRequest();
    private final AtomicInteger placed = new AtomicInteger();
    private int outstanding;

    FireArena(final RnicOptions options, final FireCounts counts, final RandomGenerator random) {
        this.options = options;
        this.counts = counts;
        this.random = random;
    }

    /** A connection, copies over it, and the end of one of its arenas. */
    @SuppressWarnings("MustBeClosed") // one is closed by another thread
    void burn() throws Exception {
        final Arena sourceArena = Arena.ofShared();
        final Arena targetArena = Arena.ofShared();
        try (ConnectedPair pair = ConnectedPair.open(options);
            MemoryRegion source = pair.client().domain().registerMemory(sourceArena.allocate(BYTES), ALL);
            MemoryRegion target = pair.server().domain().registerMemory(targetArena.allocate(BYTES), ALL)) {
            final Arena victim = random.nextBoolean() ? sourceArena : targetArena;
            placed.set(0);
            final int goal = 1 + random.nextInt(4);
            final CompletableFuture<Void> freed = CompletableFuture.runAsync(() -> {
                while (placed.get() < goal) {
                    Thread.onSpinWait();
                }
                victim.close();
            });
            copy(pair, source, target);
            freed.join();
            counts.freedUnderCopy.increment();
        }
        close(sourceArena);
        close(targetArena);
    }

    private void copy(final ConnectedPair pair, final MemoryRegion source, final MemoryRegion target) {
        final QueuePair queuePair = pair.client().queuePair();
        while (queuePair.state() == QueuePairState.RTS || outstanding > 0) {
            if (queuePair.state() == QueuePairState.RTS && outstanding < DEPTH) {
                outstanding += post(queuePair, source, target);
            }
            if (pair.client().sends().poll(this::count, DEPTH) == 0) {
                Thread.onSpinWait();
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted, for an arena was closed");
            }
        }
    }

    private int post(final QueuePair queuePair, final MemoryRegion source, final MemoryRegion target) {
        queuePair.postSend(
            request.write(0, target.address(), target.rkey()).sge(source, 0, BYTES).signalled(true));
        return 1;
    }

    private void count(final Completion done) {
        outstanding--;
        if (done.status() == CompletionStatus.SUCCESS) {
            placed.incrementAndGet();
            counts.placements.increment();
        }
    }

    private static void close(final Arena arena) {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
