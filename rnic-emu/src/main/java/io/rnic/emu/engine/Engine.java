package io.rnic.emu.engine;

import io.rnic.emu.host.GlobalBarrier;
import io.rnic.emu.host.GracePeriod;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.StagTable;
import java.util.function.Consumer;

/**
 * Does the NIC's work on one queue pair after the other, in whichever thread calls: the one that rang (INVOKER), or the
 * NIC's own ({@link DedicatedDoorbells}). While a queue pair is worked on by one thread, another that rings goes away:
 * the first looks again when it has left.
 */
public final class Engine {
    private final SendSide sendSide;
    private final ReceiveSide receiveSide;
    private final GracePeriod gracePeriod = new GracePeriod();
    private final ThreadLocal<EngineThread> threads;

    /**
     * Creates an engine.
     *
     * @param stags   the regions
     * @param dma     the bus
     * @param maxSges pieces of memory in a request
     */
    public Engine(final StagTable stags, final Dma dma, final int maxSges) {
        final LocalMemory memory = new LocalMemory(stags, dma);
        receiveSide = new ReceiveSide(stags, memory, dma);
        sendSide = new SendSide(this, memory, dma);
        threads = ThreadLocal.withInitial(() -> {
            final EngineThread thread = new EngineThread(maxSges);
            gracePeriod.join(thread);
            return thread;
        });
    }

    /** The placement, for links. */
    public ReceiveSide receiveSide() {
        return receiveSide;
    }

    /** Does what is posted to a queue pair, and what that leads to. */
    public void process(final QueuePairContext queuePair) {
        final EngineThread self = threads.get();
        processOne(queuePair, self);
        processDeferred(self);
    }

    private void processDeferred(final EngineThread self) {
        for (QueuePairContext next = self.nextDeferred(); next != null; next = self.nextDeferred()) {
            processOne(next, self);
        }
    }

    private void processOne(final QueuePairContext queuePair, final EngineThread self) {
        boolean more = true;
        while (more && queuePair.sendLock.tryLock()) {
            try {
                batch(queuePair, self);
            } finally {
                queuePair.sendLock.unlock();
            }
            // What was posted while this thread held the lock: its poster has gone away.
            more = queuePair.hasSendWork();
        }
    }

    private void batch(final QueuePairContext queuePair, final EngineThread self) {
        self.enter();
        try {
            if (!queuePair.isDestroyed()) {
                sendSide.drain(queuePair, self);
            }
        } finally {
            self.exit();
        }
    }

    /**
     * Does a batch of what is posted to a queue pair: for a NIC with a thread of its own, which then turns to the next.
     *
     * @return false if another thread is at it, which will see to the rest
     */
    boolean processBatch(final QueuePairContext queuePair) {
        final EngineThread self = threads.get();
        if (!queuePair.sendLock.tryLock()) {
            return false;
        }
        try {
            batch(queuePair, self);
        } finally {
            queuePair.sendLock.unlock();
        }
        processDeferred(self);
        return true;
    }

    /** Flushes receives that were posted to a queue pair in ERROR. */
    public void flushReceives(final QueuePairContext queuePair) {
        ifAlive(queuePair, receiveSide::flush);
    }

    /** Moves a queue pair to ERROR, tells its peer, and flushes both; harmless when it is there already. */
    public void error(final QueuePairContext queuePair) {
        final EngineThread self = threads.get();
        self.enter();
        try {
            fail(queuePair, self);
        } finally {
            self.exit();
        }
        processDeferred(self);
    }

    /**
     * The same from inside the work on some queue pair: the flush of send queues is left for when the thread holds no
     * lock.
     */
    void fail(final QueuePairContext queuePair, final EngineThread self) {
        if (queuePair.isDestroyed() || !queuePair.beginFailure()) {
            return;
        }
        // Whoever posts a receive from now on sees ERROR, or the flush sees its receive.
        GlobalBarrier.full();
        receiveSide.flush(queuePair);
        self.defer(queuePair);
        tellPeer(queuePair);
    }

    private static void tellPeer(final QueuePairContext queuePair) {
        final Link link = queuePair.link;
        if (link != null) {
            link.disconnect();
        }
    }

    /**
     * Ends all work on a queue pair, tells its peer, flushes nothing of its own; its memory may be released afterwards.
     */
    public void destroy(final QueuePairContext queuePair) {
        queuePair.destroy();
        end(queuePair);
        awaitGracePeriod();
    }

    /**
     * Ends all work on a queue pair that has been moved to RESET, tells its peer, and forgets what was posted.
     *
     * @param forgetHost empties the host's half, at a moment when nobody works on the queues
     */
    public void reset(final QueuePairContext queuePair, final Runnable forgetHost) {
        end(queuePair);
        awaitGracePeriod();
        queuePair.sendLock.lock();
        queuePair.receiveLock.lock();
        try {
            forgetHost.run();
            queuePair.forgetPositions();
        } finally {
            queuePair.receiveLock.unlock();
            queuePair.sendLock.unlock();
        }
    }

    private void end(final QueuePairContext queuePair) {
        final EngineThread self = threads.get();
        self.enter();
        try {
            if (queuePair.beginEnd()) {
                tellPeer(queuePair);
            }
        } finally {
            self.exit();
        }
        processDeferred(self);
    }

    /** Runs something that touches a queue pair's shared memory, unless the queue pair is destroyed. */
    void ifAlive(final QueuePairContext queuePair, final Consumer<QueuePairContext> work) {
        final EngineThread self = threads.get();
        self.enter();
        try {
            if (!queuePair.isDestroyed()) {
                work.accept(queuePair);
            }
        } finally {
            self.exit();
        }
    }

    /** A peer has ended the connection: for links, inside the work of this thread on the peer. */
    public void peerDisconnected(final QueuePairContext queuePair) {
        fail(queuePair, threads.get());
    }

    /** Returns when no thread uses any more what was revoked before; not to be called from inside the NIC's work. */
    public void awaitGracePeriod() {
        gracePeriod.await();
    }
}
