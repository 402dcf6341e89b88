package io.rnic.bench.tcp;

import io.rnic.bench.run.ExperimentException;
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

/**
 * One side of a queue pair by which two sides exchange messages of a few bytes, in turn, so that one receive is enough.
 * It sleeps while it waits. For one thread.
 */
public final class Messenger implements AutoCloseable {
    /** How long it sleeps at most before it looks again. */
    private static final Duration NAP = Duration.ofSeconds(1);
    private static final int POLL_LIMIT = 16;

    private final int messageBytes;
    private final Arena arena = Arena.ofShared();
    private final ProtectionDomain domain;
    private final CompletionChannel channel;
    private final CompletionQueue completions;
    private final MemoryRegion incoming;
    private final MemoryRegion outgoing;
    private final QueuePair queuePair;
    private final CompletionHandler noting = this::note;
    private final int[] done = new int[256];
    private CompletionStatus failure = CompletionStatus.SUCCESS;

    /**
     * A side that is not connected, with a receive posted.
     *
     * @param messageBytes bytes of a message
     */
    public Messenger(final Rnic nic, final int messageBytes) {
        this.messageBytes = messageBytes;
        domain = nic.allocateProtectionDomain();
        channel = nic.createCompletionChannel();
        completions = nic.createCompletionQueue(16, channel);
        incoming = domain.registerMemory(arena.allocate(messageBytes), Access.LOCAL_WRITE);
        outgoing = domain.registerMemory(arena.allocate(messageBytes));
        queuePair = domain.createQueuePair(
            QueuePairOptions.of(completions).withRequests(8, 4).withReads(1, 1).withSignalAll(true));
        postReceive();
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
     * @throws ExperimentException if it failed
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
        try {
            while (done[kind.code()] == 0) {
                if (failure != CompletionStatus.SUCCESS) {
                    return false;
                }
                if (completions.poll(noting, POLL_LIMIT) == 0) {
                    completions.requestNotification();
                    if (completions.poll(noting, POLL_LIMIT) == 0) {
                        channel.await(NAP);
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
        queuePair.close();
        completions.close();
        channel.close();
        incoming.close();
        outgoing.close();
        domain.close();
        arena.close();
    }
}
