package io.rnic.emu.engine;

import io.rnic.emu.host.GlobalBarrier;
import io.rnic.emu.host.GracePeriod;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Diagnosis.Check;
import java.lang.foreign.MemorySegment;
import java.util.function.Predicate;

/**
 * Does the NIC's work on one queue pair after the other, in whichever thread calls: the one that rang (INVOKER), or the
 * NIC's own ({@link DedicatedDoorbells}). One thread at a time works on a send queue: the one that holds its lock.
 */
public final class Engine {
    private final LocalMemory memory;
    private final SendSide sendSide;
    private final ReceiveSide receiveSide;
    private final GracePeriod gracePeriod = new GracePeriod();
    private final ThreadLocal<EngineThread> threads;
    private final Predicate<QueuePairContext> flusher = this::flush;

    /**
     * Creates an engine.
     *
     * @param stags   the regions
     * @param dma     the bus
     * @param maxSges pieces of memory in a request
     */
    public Engine(final StagTable stags, final Dma dma, final int maxSges) {
        memory = new LocalMemory(stags, dma);
        receiveSide = new ReceiveSide(stags, memory);
        sendSide = new SendSide(this, stags, memory, receiveSide);
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

    /**
     * Does what is posted to a queue pair; the caller holds its send side's lock, and the queue pair is not destroyed
     * before it gives it back.
     *
     * @return whether something is left that {@link #settle} does when the lock is free
     */
    boolean processLocked(final SendFlow flow) {
        final EngineThread self = self(flow);
        boolean more = true;
        while (more) {
            self.begin();
            try {
                more = sendSide.drain(flow, self);
            } finally {
                self.end();
            }
        }
        return self.hasDeferred();
    }

    /** As {@link Doorbell#push}; the caller holds the send side's lock, as for {@link #processLocked}. */
    int push(final SendFlow flow, final long control, final long address, final int lkey, final long remoteAddress,
        final int rkey) {
        final EngineThread self = self(flow);
        final boolean done;
        self.begin();
        try {
            done = sendSide.push(flow, self, control, address, lkey, remoteAddress, rkey);
        } finally {
            self.end();
        }
        if (!done) {
            return Doorbell.REFUSED;
        }
        return self.hasDeferred() ? Doorbell.UNSETTLED : Doorbell.DONE;
    }

    /** The same for Writes in a row, which count as taken; returns how many were done. */
    int push(final SendFlow flow, final long requests, final int count) {
        final EngineThread self = self(flow);
        final long first = flow.taken - count;
        int done = 0;
        int end;
        do {
            end = Math.min(count, done + SendSide.BATCH);
            self.begin();
            try {
                done = sendSide.pushWrites(flow, self, first, requests, done, end);
            } finally {
                self.end();
            }
        } while (done == end && done < count);
        return done;
    }

    /** A Send is about to be posted; as {@link #processLocked}. */
    void expectSend(final SendFlow flow) {
        final EngineThread self = self(flow);
        self.begin();
        try {
            sendSide.expectSend(flow);
        } finally {
            self.end();
        }
    }

    /** The calling thread; who holds the send side's lock may ask. */
    private EngineThread self(final SendFlow flow) {
        EngineThread self = flow.recent;
        if (self == null || self.thread != Thread.currentThread()) {
            self = threads.get();
            flow.recent = self;
        }
        return self;
    }

    /** Does what this thread has put off; it holds no lock. */
    void settle() {
        settle(threads.get());
    }

    private void settle(final EngineThread self) {
        for (QueuePairContext next = self.nextDeferred(); next != null; next = self.nextDeferred()) {
            process(next);
        }
    }

    /** Does what is posted to a queue pair, and what that leads to; for a caller that holds no lock. */
    public void process(final QueuePairContext queuePair) {
        boolean more = true;
        while (more) {
            more = processBatch(queuePair);
        }
    }

    /**
     * Does a batch of what is posted to a queue pair: for a NIC with a thread of its own, which then turns to the next.
     *
     * @return whether there may be more
     */
    boolean processBatch(final QueuePairContext queuePair) {
        final EngineThread self = threads.get();
        boolean more = false;
        queuePair.send.lock();
        self.enter();
        try {
            if (!queuePair.isDestroyed()) {
                sendSide.expectNext(queuePair.send);
                more = sendSide.drain(queuePair.send, self);
            }
        } finally {
            self.exit();
            queuePair.send.unlock();
        }
        settle(self);
        return more;
    }

    /**
     * Waits from inside the work on a queue pair's sends until no thread uses any more what was revoked before.
     *
     * @return whether the work may go on: {@link Terminate#NONE}; CONNECTION_LOST if the connection went meanwhile,
     *         ABANDONED if the queue pair did
     */
    int awaitRevocation(final QueuePairContext queuePair, final EngineThread self) {
        gracePeriod.awaitFromInside(self);
        // Whoever destroys or resets it waits for a grace period too: either it is seen here, or this work is seen.
        if (queuePair.isDestroyed()) {
            return Terminate.ABANDONED;
        }
        return switch (queuePair.state()) {
            case RTS, SQD -> Terminate.NONE;
            case ERROR -> Terminate.CONNECTION_LOST;
            default -> Terminate.ABANDONED;
        };
    }

    /**
     * Tells the owner of a queue pair in SQD when what it had begun to send is done: on loopback that is the request
     * that is being delivered, over a stream also the Reads that are outstanding.
     */
    public void drained(final QueuePairContext queuePair) {
        queuePair.send.lock();
        final StreamState stream = queuePair.stream;
        final boolean isQuiet = stream == null || stream.isQuiet(queuePair.send.taken);
        if (stream != null) {
            stream.drainAsked = !isQuiet;
        }
        queuePair.send.unlock();
        if (isQuiet) {
            queuePair.events.post(AsyncEventType.SQ_DRAINED, queuePair.number);
        }
    }

    /**
     * Runs what a connection's thread does with what arrived, unless the queue pair has left the connection; then does
     * what that led to. The thread holds no lock.
     *
     * @param work calls {@link StreamReceiver}
     */
    public void arrived(final QueuePairContext queuePair, final StreamReceiver receiver, final Runnable work) {
        final EngineThread self = threads.get();
        self.enter();
        try {
            if (!queuePair.isDestroyed() && receiver.isCurrent()) {
                work.run();
            }
        } finally {
            self.exit();
        }
        settle(self);
        final StreamEnd end = receiver.takeEnd();
        if (end != null) {
            ended(queuePair, receiver, end, self);
        }
        if (receiver.takeWork()) {
            process(queuePair);
        }
    }

    /** The request that a connection ended for is known before all is flushed. */
    private void ended(final QueuePairContext queuePair, final StreamReceiver receiver, final StreamEnd end,
        final EngineThread self) {
        queuePair.send.lock();
        self.enter();
        try {
            final StreamState stream = queuePair.stream;
            if (!queuePair.isDestroyed() && receiver.isCurrent() && stream != null) {
                sendSide.completeAnswered(queuePair, stream, self); // what was answered before is not to blame
                final long number = !end.ofAnswer() && end.ofRead() == stream.hasRead(queuePair.send.taken)
                    ? StreamSends.blamed(queuePair, stream) : Fault.NO_SLOT;
                stream.blame = number == Fault.NO_SLOT ? Terminate.NONE : end.result();
                // It was done before.
                queuePair.send.seldom.errors += number == Fault.NO_SLOT && end.isOfRequest() ? 1 : 0;
                final long told = number == Fault.NO_SLOT && end.msn() != 0
                    ? StreamSends.numberOf(queuePair, stream, end.msn()) : number;
                queuePair.note(end.fault(memory, queuePair, told, StreamSends.operation(queuePair, told)));
                fail(queuePair, self);
            }
        } finally {
            self.exit();
            queuePair.send.unlock();
        }
        settle(self);
    }

    /** For a receiver of a stream, inside the work of this thread. */
    void failFromInside(final QueuePairContext queuePair) {
        fail(queuePair, threads.get());
    }

    /** Makes an STag invalid that a message of a stream names, and waits until nobody uses it any more. */
    int invalidateAndWait(final QueuePairContext queuePair, final int stag) {
        final int result = receiveSide.invalidate(queuePair, stag);
        return result == Terminate.NONE ? awaitRevocation(queuePair, threads.get()) : result;
    }

    /** Flushes receives that were posted to a queue pair in ERROR. */
    public void flushReceives(final QueuePairContext queuePair) {
        ifAlive(queuePair, flusher);
    }

    /**
     * Ends the connection of a queue pair whose host could not place a message that was left in a completion. The
     * sender was told that it is done, so no request of the peer fails by it.
     */
    void unplaced(final QueuePairContext queuePair, final int slotNumber) {
        final EngineThread self = threads.get();
        self.enter();
        try {
            if (!queuePair.isDestroyed()) {
                receiveSide.noteUnplaced(queuePair, slotNumber);
                if (queuePair.link instanceof StreamLink link) {
                    link.terminate(TerminateCode.DDP_LOCAL_CATASTROPHIC, MemorySegment.NULL, 0);
                }
                fail(queuePair, self);
            }
        } finally {
            self.exit();
        }
        settle(self);
    }

    /** Moves a queue pair to ERROR, tells its peer, and flushes both; harmless when it is there already. */
    public void error(final QueuePairContext queuePair) {
        error(queuePair, queuePair.link == null ? Check.MOVED_TO_ERROR : Check.DISCONNECTED);
    }

    /** The same for another reason. */
    void error(final QueuePairContext queuePair, final Check why) {
        final EngineThread self = threads.get();
        self.enter();
        try {
            queuePair.note(Fault.of(why));
            fail(queuePair, self);
        } finally {
            self.exit();
        }
        settle(self);
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
        receiveSide.countTerminate(queuePair);
        receiveSide.flush(queuePair);
        self.defer(queuePair);
        tellOwner(queuePair);
        tellPeer(queuePair);
    }

    private static void tellOwner(final QueuePairContext queuePair) {
        final Fault fault = queuePair.fault();
        if (fault != null && queuePair.link != null) { // else it was moved to ERROR before it was connected
            queuePair.events.post(fault.event(), queuePair.number);
        }
        if (queuePair.receive.isShared()) {
            queuePair.events.post(AsyncEventType.QP_LAST_WQE_REACHED, queuePair.number);
        }
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
        quiesce(queuePair);
    }

    /**
     * Ends all work on a queue pair that has left RTS or is destroyed, and tells its peer: it reports nothing any more.
     */
    public void quiesce(final QueuePairContext queuePair) {
        if (queuePair.link instanceof StreamLink) {
            awaitGracePeriod(); // what a thread has just refused it tells the peer before the connection ends
        }
        if (!end(queuePair)) {
            awaitGracePeriod(); // another thread may be telling the peer just now: the peer works on until it is told
        }
        awaitGracePeriod();
        // Who waits for a revocation in the middle of its sends is outside of the grace period, but holds the lock: it
        // has yet to report what it did before.
        queuePair.send.lock();
        queuePair.send.unlock();
    }

    /**
     * Forgets what was posted to a queue pair that is quiet.
     *
     * @param forgetHost empties the host's half, at a moment when nobody works on the queues
     */
    public void forget(final QueuePairContext queuePair, final Runnable forgetHost) {
        queuePair.send.lock();
        queuePair.receive.lock();
        try {
            forgetHost.run();
            queuePair.forgetPositions();
        } finally {
            queuePair.receive.unlock();
            queuePair.send.unlock();
        }
    }

    /** Tells the peer; false if another thread does or did. */
    private boolean end(final QueuePairContext queuePair) {
        final EngineThread self = threads.get();
        final boolean isFirst;
        self.enter();
        try {
            isFirst = queuePair.beginEnd();
            if (isFirst) {
                receiveSide.countTerminate(queuePair);
                tellPeer(queuePair);
            }
        } finally {
            self.exit();
        }
        settle(self);
        return isFirst;
    }

    private boolean flush(final QueuePairContext queuePair) {
        receiveSide.flush(queuePair);
        return true;
    }

    /**
     * Runs something that touches a queue pair's shared memory, unless the queue pair is destroyed.
     *
     * @return what it returns, false if the queue pair is destroyed
     */
    boolean ifAlive(final QueuePairContext queuePair, final Predicate<QueuePairContext> work) {
        final EngineThread self = threads.get();
        self.enter();
        try {
            return !queuePair.isDestroyed() && work.test(queuePair);
        } finally {
            self.exit();
        }
    }

    /** A peer has ended the connection: for links, inside the work of this thread on the peer. */
    public void peerDisconnected(final QueuePairContext queuePair) {
        final StreamState stream = queuePair.stream;
        queuePair.note(stream == null ? Fault.of(Check.PEER_DISCONNECTED) : stream.loss());
        fail(queuePair, threads.get());
    }

    /** The same on loopback, where it is known why: what a peer found when a Send was done already is told. */
    public void peerDisconnected(final QueuePairContext queuePair, final QueuePairContext peer) {
        final Fault found = peer.fault();
        if (found != null && !found.byPeer() && found.terminate() != 0
            && found.operation() == CompletionOpcode.RECEIVE) {
            queuePair.note(found.refused(CompletionOpcode.SEND, Fault.NO_SLOT, found.terminate()));
        }
        peerDisconnected(queuePair);
    }

    /** Returns when no thread uses any more what was revoked before; not to be called from inside the NIC's work. */
    public void awaitGracePeriod() {
        gracePeriod.await();
    }
}
