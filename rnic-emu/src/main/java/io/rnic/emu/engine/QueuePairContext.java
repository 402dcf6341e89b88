package io.rnic.emu.engine;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.ReceiveSlotLayout;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.verbs.QueuePairState;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The NIC's half of a queue pair: where its queues are, how far it has taken them, whom it is connected to.
 *
 * <p>Fields of the send side belong to who holds {@link #sendLock}, those of the receive side to who holds
 * {@link #receiveLock}; state and link may be read by all.
 */
public final class QueuePairContext {
    /** Covers the send side. */
    final BiasedLock sendLock = new BiasedLock();
    /** Covers the receive side. */
    final BiasedLock receiveLock = new BiasedLock();

    final int number;
    final int domain;
    final boolean privileged;
    final int maxReceiveSges;
    final CompletionWriter sendCompletions;
    final CompletionWriter receiveCompletions;
    final MemorySegment sendSegment;
    final UnsafeBuffer sendSlots;
    final UnsafeBuffer receiveSlots;
    final UnsafeBuffer page;
    final Counters counters = new Counters();

    /** Send requests taken, and how many were posted when last looked. */
    long sendTaken;
    long sendSeen;
    /** Receives taken, and how many were posted when last looked. */
    long receiveTaken;
    long receiveSeen;
    /** The receive being filled: its next piece, and the bytes of it that are used. */
    int receiveSge;
    int receiveSgeUsed;
    /** The connection, null before there is one. */
    volatile @Nullable Link link;

    /** Set before the grace period that precedes the release of its memory: nobody may touch the queues any more. */
    private volatile boolean destroyed;
    private final AtomicBoolean failed = new AtomicBoolean();

    private final int sendMask;
    private final int sendStride;
    private final int receiveMask;
    private final int receiveStride;

    /**
     * Creates the NIC's half of a queue pair, in INIT.
     *
     * @param number             its number
     * @param domain             its protection domain's number
     * @param privileged         whether its owner is the kernel, which posts bus addresses
     * @param blocks             the shared memory
     * @param limits             what its queues hold
     * @param sendCompletions    where its send requests report
     * @param receiveCompletions where its receives report
     */
    public QueuePairContext(final int number, final int domain, final boolean privileged, final QueueBlocks blocks,
        final QueueLimits limits, final CompletionWriter sendCompletions, final CompletionWriter receiveCompletions) {
        this.number = number;
        this.domain = domain;
        this.privileged = privileged;
        this.sendCompletions = sendCompletions;
        this.receiveCompletions = receiveCompletions;
        sendSegment = blocks.send().segment();
        sendSlots = blocks.send().buffer();
        receiveSlots = blocks.receive().buffer();
        page = blocks.doorbell().buffer();
        maxReceiveSges = limits.maxReceiveSges();
        sendMask = QueueBlocks.slots(limits.maxSendRequests()) - 1;
        sendStride = SendSlotLayout.stride(limits.maxSendSges(), limits.maxInlineBytes());
        receiveMask = QueueBlocks.slots(limits.maxReceiveRequests()) - 1;
        receiveStride = ReceiveSlotLayout.stride(limits.maxReceiveSges());
        state(QueuePairState.INIT);
    }

    /** Its number. */
    public int number() {
        return number;
    }

    /** Its state. */
    public QueuePairState state() {
        return QueuePairState.of(stateCode());
    }

    int stateCode() {
        return page.getIntVolatile(DoorbellLayout.STATE);
    }

    void state(final QueuePairState state) {
        page.putIntVolatile(DoorbellLayout.STATE, state.code());
    }

    /** Moves to {@code next} if the state is {@code expected}. */
    public boolean move(final QueuePairState expected, final QueuePairState next) {
        return page.compareAndSetInt(DoorbellLayout.STATE, expected.code(), next.code());
    }

    /** Moves it to ERROR if it is in INIT or RTS: before anybody can see the completion that tells of the error. */
    void markError() {
        if (!move(QueuePairState.RTS, QueuePairState.ERROR)) {
            move(QueuePairState.INIT, QueuePairState.ERROR);
        }
    }

    /** Moves it to ERROR; true for the one caller who is to tell the peer and to flush. */
    boolean beginFailure() {
        markError();
        return stateCode() == QueuePairState.ERROR.code() && failed.compareAndSet(false, true);
    }

    /** True for the one caller who is to tell the peer that a queue pair is destroyed or reset. */
    boolean beginEnd() {
        return failed.compareAndSet(false, true);
    }

    /** Moves it to RESET from wherever it is: posts are refused and work on it stops. */
    public void moveToReset() {
        state(QueuePairState.RESET);
    }

    /** Connects it: from now on its peer may deliver. */
    public void connect(final Link connection) {
        link = connection;
    }

    /** What it has done so far. */
    public Counters counters() {
        return counters;
    }

    /** From now on nobody begins work on it; who has begun is waited for by a grace period. */
    void destroy() {
        destroyed = true;
    }

    boolean isDestroyed() {
        return destroyed;
    }

    boolean hasSendWork() {
        return !destroyed && page.getLongVolatile(DoorbellLayout.SEND_COUNT) != sendTaken
            && stateCode() >= QueuePairState.RTS.code();
    }

    int sendSlot() {
        return ((int) sendTaken & sendMask) * sendStride;
    }

    int receiveSlot() {
        return ((int) receiveTaken & receiveMask) * receiveStride;
    }

    /** Whether a receive is there to be taken; pairs with the host's store release. */
    boolean hasReceive() {
        if (receiveTaken == receiveSeen) {
            receiveSeen = page.getLongVolatile(DoorbellLayout.RECEIVE_COUNT);
        }
        return receiveTaken != receiveSeen;
    }

    /** Forgets what was taken; only while nobody works on it and the host's half forgets too. */
    void forgetPositions() {
        sendTaken = 0;
        sendSeen = 0;
        receiveTaken = 0;
        receiveSeen = 0;
        receiveSge = 0;
        receiveSgeUsed = 0;
        link = null;
        failed.set(false);
    }

    @Override
    public String toString() {
        return "queue pair " + number;
    }
}
