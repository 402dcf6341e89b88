package io.rnic.differential;

import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
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
 *   2 place      Sends, Writes, Reads --+                      +-- 1 takes receives
 *                                       +--> connections (2) --+
 *   1 breaks     disconnect, ERROR -----+         |
 *                                              regions of both sides
 *   2 turn       register, deregister, free ------+
 * </pre>
 *
 * <p>Each goes on when others have come on, so none depends on the speed of the machine.
 */
final class Fire {
    private static final int CONNECTIONS = 2;
    /** How long everything may take beyond the time of the fire itself. */
    private static final long PATIENCE_SECONDS = 60;

    private final FireCounts counts = new FireCounts();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    private final List<CompletableFuture<Void>> ends = new ArrayList<>();

    private Fire() {
    }

    private interface Step {
        void run() throws Exception;
    }

    /**
     * Sets fire for so many seconds.
     *
     * @throws AssertionError if a byte came too late, or if something did not end: with all threads' stacks
     */
    static FireCounts run(final RnicOptions options, final long seconds) throws Exception {
        final Fire fire = new Fire();
        final SplittableRandom random = new SplittableRandom(TestProperties.get(TestProperties.SEED, 1));
        try (Rnic clientNic = Rnic.open(options); Rnic serverNic = Rnic.open(options);
            ProtectionDomain clientDomain = clientNic.allocateProtectionDomain();
            ProtectionDomain serverDomain = serverNic.allocateProtectionDomain()) {
            final FireMemory clients = new FireMemory(clientDomain, fire.counts, random.split());
            final FireMemory servers = new FireMemory(serverDomain, fire.counts, random.split());
            final List<FireConnection> connections = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(new FireConnection(clientNic, clientDomain, clients, serverNic, serverDomain, servers,
                    fire.counts, random.split()));
            }
            fire.start(connections, clients, servers, random);
            fire.await(seconds);
            connections.forEach(FireConnection::close);
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
                afterMore(turning.nextInt(400));
                memory.turn();
            });
        }
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

    private void repeat(final String what, final Step step) {
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
    private void await(final long seconds) throws Exception {
        final CompletableFuture<Void> all = CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]));
        try {
            all.get(seconds, TimeUnit.SECONDS);
        } catch (final TimeoutException e) {
            final long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!counts.hasAll() && !over.get() && System.nanoTime() < endNs) {
                giveWay(); // a busy machine may not have come to everything yet
            }
            over.set(true);
        } catch (final ExecutionException e) {
            throw failure(e);
        }
        try {
            all.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (final TimeoutException e) {
            throw new AssertionError("after " + PATIENCE_SECONDS + " s not all threads have ended; " + counts
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
