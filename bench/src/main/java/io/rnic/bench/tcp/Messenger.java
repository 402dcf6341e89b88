package io.rnic.bench.tcp;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.Resources;
import io.rnic.verbs.Access;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * One side of a queue pair by which two sides exchange messages of a few bytes, in turn, so that one receive is enough.
 * It sleeps while it waits. For one thread.
 */
public final class Messenger implements AutoCloseable {
    /** How long it sleeps at most before it looks again. */
    private static final Duration NAP = Duration.ofSeconds(1);
    private static final int POLL_LIMIT = 16;

    private final int messageBytes;
    private final Resources resources = new Resources();
    private final Arena arena;
    private final ProtectionDomain domain;
    private final CompletionChannel channel;
    private final CompletionQueue completions;
    private final MemoryRegion incoming;
    private final MemoryRegion outgoing;
    private final QueuePair queuePair;
    private final CompletionHandler noting = this::note;
    private final int[] done = new int[256];
    private CompletionStatus failure = CompletionStatus.SUCCESS;
    private Duration patience = ChronoUnit.FOREVER.getDuration();
    private Duration notice = ChronoUnit.FOREVER.getDuration();
    private Runnable noticing = () -> { };

    /**
     * A side that is not connected, with a receive posted.
     *
     * @param messageBytes bytes of a message
     * @throws io.rnic.verbs.RnicException if the device refuses something; then nothing is left open
     */
    @SuppressWarnings("MustBeClosedChecker") // the resources close it
    public Messenger(final Rnic nic, final int messageBytes) {
        this.messageBytes = messageBytes;
        try {
            arena = resources.add(Arena.ofShared());
            domain = resources.add(nic.allocateProtectionDomain());
            channel = resources.add(nic.createCompletionChannel());
            completions = resources.add(nic.createCompletionQueue(16, channel));
            incoming = resources.add(domain.registerMemory(arena.allocate(messageBytes), Access.LOCAL_WRITE));
            outgoing = resources.add(domain.registerMemory(arena.allocate(messageBytes)));
            queuePair = resources.add(domain.createQueuePair(
                QueuePairOptions.of(completions).withRequests(8, 4).withReads(1, 1).withSignalAll(true)));
            postReceive();
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /** Its queue pair, to be connected. */
    public QueuePair queuePair() {
        return queuePair;
    }

    /** Its protection domain. */
    public ProtectionDomain domain() {
        return domain;
    }

    /** Registers new memory, zeros, that lives as long as this does. */
    public MemoryRegion register(final int bytes, final Access... access) {
        return domain.registerMemory(arena.allocate(bytes), access);
    }

    private void postReceive() {
        queuePair.postReceive(new ReceiveRequest().receive(0).sge(incoming, 0, messageBytes));
    }

    /** Gives a peer up that lets this side wait for so long: what waits fails then. Without it this waits for ever. */
    public void giveUpAfter(final Duration limit) {
        patience = limit;
    }

    /** Does that, once, when the peer has let this side wait for so long. */
    public void noticeAfter(final Duration limit, final Runnable what) {
        notice = limit;
        noticing = what;
    }

    /** The message that {@link #send} sends. */
    public MemorySegment outgoing() {
        return outgoing.segment();
    }

    /** The message that came last, until {@link #takeMessage}. */
    public MemorySegment incoming() {
        return incoming.segment();
    }

    /** Sends {@link #outgoing}. */
    public void send() {
        execute(new SendRequest().send(0).sge(outgoing, 0, messageBytes), CompletionOpcode.SEND);
    }

    /**
     * Posts a request and waits until it is done.
     *
     * @param kind what it completes as
     * @throws ExperimentException if it failed, or the peer let this side wait too long
     */
    public void execute(final SendRequest request, final CompletionOpcode kind) {
        queuePair.postSend(request);
        if (!isDone(kind)) {
            throw new ExperimentException("a request ended with " + failure + reason());
        }
    }

    /**
     * Waits for the peer's next message.
     *
     * @return whether one came; false when the connection has ended
     * @throws ExperimentException if the peer let this side wait too long
     */
    public boolean awaitMessage() {
        return isDone(CompletionOpcode.RECEIVE);
    }

    /**
     * Looks whether the peer's next message is there, or the connection has ended: then {@link #awaitMessage} returns
     * at once. Allocates nothing.
     */
    public boolean isMessageOrEnd() {
        completions.poll(noting, POLL_LIMIT);
        return failure != CompletionStatus.SUCCESS || done[CompletionOpcode.RECEIVE.code()] != 0;
    }

    /** The message that came has been read: makes room for the next. */
    public void takeMessage() {
        postReceive();
    }

    /** Waits until something of that kind is done; false if the queue pair has failed or was disconnected before. */
    private boolean isDone(final CompletionOpcode kind) {
        final long beganNs = System.nanoTime();
        try {
            while (done[kind.code()] == 0) {
                if (failure != CompletionStatus.SUCCESS) {
                    return false;
                }
                if (completions.poll(noting, POLL_LIMIT) == 0) {
                    completions.requestNotification();
                    if (completions.poll(noting, POLL_LIMIT) == 0) {
                        nap(beganNs);
                    }
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
        done[kind.code()]--;
        return true;
    }

    private void nap(final long beganNs) throws InterruptedException {
        final long waitedNs = System.nanoTime() - beganNs;
        if (!notice.minusNanos(waitedNs).isPositive()) {
            notice = ChronoUnit.FOREVER.getDuration();
            noticing.run();
        }
        final Duration left = patience.minusNanos(waitedNs);
        if (!left.isPositive()) {
            throw new ExperimentException("the peer said nothing for " + patience.toSeconds() + " s");
        }
        channel.await(left.compareTo(NAP) < 0 ? left : NAP);
    }

    private void note(final Completion completion) {
        if (completion.status() == CompletionStatus.SUCCESS) {
            done[completion.opcode().code()]++;
        } else if (failure == CompletionStatus.SUCCESS) {
            failure = completion.status();
        }
    }

    /** Whether the connection ended because the peer, or this side, ended it. */
    public boolean wasDisconnected() {
        final Diagnosis why = queuePair.diagnosis();
        return why != null && (why.check() == Diagnosis.Check.PEER_DISCONNECTED
            || why.check() == Diagnosis.Check.DISCONNECTED);
    }

    /** Why the connection ended, for a message. */
    public String reason() {
        final Diagnosis why = queuePair.diagnosis();
        return why == null ? "" : ": " + why;
    }

    /** Closes it; what was registered by {@link #register} is to be closed before. */
    @Override
    public void close() {
        resources.close();
    }
}
