package io.rnic.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SharedReceiveQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * The threads of a run.
 *
 * <pre>
 *   3 place      Sends, Writes, Reads, atomics, --+                      +-- 1 takes receives, of which
 *                binding, invalidation            +--> connections (3) --+   2 connections share theirs
 *   1 burns      long Writes over connections of its own, whose source or target is freed meanwhile
 *   1 breaks     disconnect, ERROR ---------------+         |
 *                                              regions and windows of both sides
 *   2 turn       register, deregister, free ----------------+
 * </pre>
 *
 * <p>Each goes on when others have come on, so none depends on the speed of the machine.
 */
final class Fire {
    private static final int CONNECTIONS = 3;
    private static final int SHARED_RECEIVES = 64;
    /** How long everything may take beyond the time of the fire itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FireCounts counts = new FireCounts();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    private final List<CompletableFuture<Void>> ends = new ArrayList<>();
    private final Duration patience;

    /** A fire that gives its threads so long to end. */
    Fire(final Duration patience) {
        this.patience = patience;
    }

    /** What a thread does again and again. */
    interface Step {
        void run() throws Exception;
    }

    /**
     * Sets fire for so many seconds.
     *
     * @throws AssertionError if a byte came too late, or if something did not end: with all threads' stacks
     */
    static FireCounts run(final RnicOptions options, final long seconds) throws Exception {
        final Fire fire = new Fire(PATIENCE);
        final SplittableRandom random = new SplittableRandom(TestProperties.get(TestProperties.SEED, 1));
        try (Rnic clientNic = Rnic.open(options); Rnic serverNic = Rnic.open(options);
            ProtectionDomain clientDomain = clientNic.allocateProtectionDomain();
            ProtectionDomain serverDomain = serverNic.allocateProtectionDomain();
            SharedReceiveQueue shared = serverDomain.createSharedReceiveQueue(SHARED_RECEIVES, 1)) {
            final FireMemory clients = new FireMemory(clientDomain, fire.counts, random.split());
            final FireMemory servers = new FireMemory(serverDomain, fire.counts, random.split());
            final List<FireConnection> connections = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(new FireConnection(clientNic, clientDomain, clients, serverNic, serverDomain, servers,
                    i == 0 ? null : shared, fire.counts, random.split()));
            }
            fire.start(connections, clients, servers, random);
            fire.burn(new FireArena(options, fire.counts, random.split()), random.split());
            fire.await(seconds);
            connections.forEach(FireConnection::close);
            assertThat(shared.space() + shared.query().waiting()).as("no shared receive is lost")
                .isEqualTo(SHARED_RECEIVES);
            clients.close();
            servers.close();
        }
        return fire.counts;
    }

    private void start(final List<FireConnection> connections, final FireMemory clients, final FireMemory servers,
        final SplittableRandom random) {
        for (final FireConnection connection : connections) {
            repeat("places", connection::place);
        }
        repeat("takes receives", () -> {
            boolean some = false;
            for (final FireConnection connection : connections) {
                some |= connection.takeReceives();
            }
            if (!some) {
                giveWay();
            }
        });
        final SplittableRandom breaking = random.split();
        repeat("breaks", () -> {
            afterMore(breaking.nextInt(2000));
            connections.get(breaking.nextInt(CONNECTIONS)).disrupt(breaking.nextInt(4));
        });
        for (final FireMemory memory : List.of(clients, servers)) {
            final SplittableRandom turning = random.split();
            repeat("turns", () -> {
                afterMore(turning.nextInt(200));
                memory.turn();
            });
        }
    }

    /** Now and then, so that the others come on too. */
    private void burn(final FireArena arena, final SplittableRandom random) {
        repeat("burns", () -> {
            afterMore(random.nextInt(50));
            arena.burn();
        });
    }

    /** Returns when so many more placements are done, or the fire is over. */
    private void afterMore(final int placements) {
        final long goal = counts.placements() + placements;
        final BooleanSupplier come = () -> counts.placements() >= goal || over.get();
        while (!come.getAsBoolean()) {
            giveWay();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // there are more threads than cores; nothing rests on who goes on
    private static void giveWay() {
        Thread.yield();
    }

    void repeat(final String what, final Step step) {
        final CompletableFuture<Void> end = new CompletableFuture<>();
        ends.add(end);
        threads.add(Thread.ofPlatform().daemon().name("fire: " + what).start(() -> {
            try {
                while (!over.get()) {
                    step.run();
                }
                end.complete(null);
            } catch (final Throwable e) { // whatever it is, it is the run's failure
                over.set(true);
                end.completeExceptionally(e);
            }
        }));
    }

    /** Lets it burn, then waits for all threads; the first failure of one is the failure of all. */
    void await(final long seconds) throws Exception {
        final CompletableFuture<Void> all = CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]));
        try {
            all.get(seconds, TimeUnit.SECONDS);
        } catch (final TimeoutException e) {
            final long endNs = System.nanoTime() + patience.toNanos();
            while (!counts.hasAll() && !over.get() && System.nanoTime() < endNs) {
                giveWay(); // a busy machine may not have come to everything yet
            }
            over.set(true);
        } catch (final ExecutionException e) {
            throw failure(e);
        }
        try {
            all.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            throw new AssertionError("after " + patience + " not all threads have ended; " + counts
                + System.lineSeparator() + stacks(), e);
        } catch (final ExecutionException e) {
            throw failure(e);
        }
    }

    private AssertionError failure(final ExecutionException e) {
        return new AssertionError("under fire: " + e.getCause() + "; " + counts, e.getCause());
    }

    /** Where all threads are. */
    private static String stacks() {
        final StringBuilder text = new StringBuilder();
        for (final Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
            text.append(entry.getKey()).append(' ').append(entry.getKey().getState()).append(System.lineSeparator());
            for (final StackTraceElement frame : entry.getValue()) {
                text.append("    at ").append(frame).append(System.lineSeparator());
            }
        }
        return text.toString();
    }
}
