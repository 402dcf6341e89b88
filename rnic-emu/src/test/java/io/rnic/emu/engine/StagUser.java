package io.rnic.emu.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A thread that is in the middle of using STags, by a queue pair, for as long as the test likes. */
final class StagUser implements AutoCloseable {
    private final CountDownLatch release = new CountDownLatch(1);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<?> using;

    /** It is in the middle when this returns. */
    StagUser(final Engine engine, final QueuePairContext queuePair) throws InterruptedException {
        final CountDownLatch inside = new CountDownLatch(1);
        using = thread.submit(() -> engine.ifAlive(queuePair, used -> {
            inside.countDown();
            awaitQuietly(release);
            return true;
        }));
        inside.await();
    }

    /** Lets it leave, and waits until it has. */
    void leave() throws Exception {
        release.countDown();
        using.get();
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        release.countDown();
        thread.close();
    }
}
