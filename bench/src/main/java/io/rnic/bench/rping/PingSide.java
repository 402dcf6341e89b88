package io.rnic.bench.rping;

import io.rnic.bench.run.ExperimentException;
import io.rnic.verbs.Access;
import io.rnic.verbs.Completion;
import io.rnic.verbs.CompletionChannel;
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
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** What either side of a ping needs: a queue pair, its messages of 16 bytes, and a buffer for the text. */
final class PingSide implements AutoCloseable {
    private static final int MESSAGE_BYTES = 16;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    /** How long it sleeps at most before it looks again. */
    private static final Duration NAP = Duration.ofSeconds(1);

    private final Arena arena = Arena.ofShared();
    private final ProtectionDomain domain;
    private final CompletionChannel channel;
    private final CompletionQueue completions;
    private final MemoryRegion incoming;
    private final MemoryRegion outgoing;
    private final QueuePair queuePair;
    private final Map<CompletionOpcode, Integer> done = new EnumMap<>(CompletionOpcode.class);
    private CompletionStatus failure = CompletionStatus.SUCCESS;

    /** A side that is not connected, with a receive posted. */
    PingSide(final Rnic nic) {
        domain = nic.allocateProtectionDomain();
        channel = nic.createCompletionChannel();
        completions = nic.createCompletionQueue(16, channel);
        incoming = domain.registerMemory(arena.allocate(MESSAGE_BYTES), Access.LOCAL_WRITE);
        outgoing = domain.registerMemory(arena.allocate(MESSAGE_BYTES));
        queuePair = domain.createQueuePair(
            QueuePairOptions.of(completions).withRequests(8, 4).withReads(1, 1).withSignalAll(true));
        postReceive();
    }

    QueuePair queuePair() {
        return queuePair;
    }

    /** Registers memory for texts. */
    MemoryRegion register(final int bytes, final Access... access) {
        return domain.registerMemory(arena.allocate(bytes), access);
    }

    private void postReceive() {
        queuePair.postReceive(new ReceiveRequest().receive(0).sge(incoming, 0, MESSAGE_BYTES));
    }

    /** Sends where a buffer is. */
    void advertise(final MemoryRegion buffer) {
        final MemorySegment message = outgoing.segment();
        message.set(LONG, 0, buffer.address());
        message.set(INT, 8, buffer.rkey());
        message.set(INT, 12, (int) buffer.length());
        send();
    }

    /** Sends a message whose bytes nobody looks at. */
    void send() {
        queuePair.postSend(new SendRequest().send(0).sge(outgoing, 0, MESSAGE_BYTES));
        await(CompletionOpcode.SEND);
    }

    /** Where the peer's buffer is: of the message that came last. */
    record Advert(long address, int key, int length) {
    }

    /**
     * Waits for the peer's next message.
     *
     * @return whether one came; false when the peer has disconnected
     */
    boolean awaitMessage() {
        return isDone(CompletionOpcode.RECEIVE);
    }

    /** Reads the message that came, and makes room for the next. */
    Advert takeMessage() {
        final MemorySegment message = incoming.segment();
        final Advert advert = new Advert(message.get(LONG, 0), message.get(INT, 8), message.get(INT, 12));
        postReceive();
        return advert;
    }

    void read(final MemoryRegion into, final Advert from, final int length) {
        queuePair.postSend(new SendRequest().read(0, from.address(), from.key()).sge(into, 0, length));
        await(CompletionOpcode.RDMA_READ);
    }

    void write(final MemoryRegion from, final Advert into, final int length) {
        queuePair.postSend(new SendRequest().write(0, into.address(), into.key()).sge(from, 0, length));
        await(CompletionOpcode.RDMA_WRITE);
    }

    private void await(final CompletionOpcode kind) {
        if (!isDone(kind)) {
            throw new ExperimentException("a request ended with " + failure + reason());
        }
    }

    /** Waits until something of that kind is done; false if the queue pair has failed or was disconnected before. */
    private boolean isDone(final CompletionOpcode kind) {
        try {
            while (done.getOrDefault(kind, 0) == 0) {
                if (failure != CompletionStatus.SUCCESS) {
                    return false;
                }
                if (completions.poll(this::note, 16) == 0) {
                    completions.requestNotification();
                    if (completions.poll(this::note, 16) == 0) {
                        channel.await(NAP);
                    }
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
        done.merge(kind, -1, Integer::sum);
        return true;
    }

    private void note(final Completion completion) {
        if (completion.status() == CompletionStatus.SUCCESS) {
            done.merge(completion.opcode(), 1, Integer::sum);
        } else if (failure == CompletionStatus.SUCCESS) {
            failure = completion.status();
        }
    }

    /** Whether the connection ended because the peer, or this side, ended it. */
    boolean wasDisconnected() {
        final Diagnosis why = queuePair.diagnosis();
        return why != null && (why.check() == Diagnosis.Check.PEER_DISCONNECTED
            || why.check() == Diagnosis.Check.DISCONNECTED);
    }

    /** Why the connection ended, for a message. */
    String reason() {
        final Diagnosis why = queuePair.diagnosis();
        return why == null ? "" : ": " + why;
    }

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
