package io.rnic.emu.engine;

import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SendSlotLayout;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.Access;
import io.rnic.verbs.QueuePairState;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The NIC's half of a queue pair: where its queues are, how far it has taken them, whom it is connected to.
 *
 * <p>Each side has its own state, on lines of its own: on loopback it is the own thread that takes send requests, and a
 * thread of the peer that takes receives. What is here is seldom written and may be read by all.
 */
public final class QueuePairContext {
    private static final VarHandle FAULT;

    static {
        try {
            FAULT = MethodHandles.lookup().findVarHandle(QueuePairContext.class, "fault", Fault.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int INIT = QueuePairState.INIT.code();
    private static final int RTS = QueuePairState.RTS.code();
    private static final int ERROR = QueuePairState.ERROR.code();
    private static final int RESET = QueuePairState.RESET.code();

    final int number;
    final int domain;
    /** What the peer may not do through it, whatever the regions allow: bits of {@link Access}. */
    private final int denied;
    final boolean privileged;
    final SendFlow send;
    final ReceiveFlow receive;
    final long page;
    /** Where its owner is told what no completion tells. */
    final AsyncEvents events;
    /**
     * How many RDMA Reads may be under way. On loopback a Read is done when the next request is taken, so there is
     * never more than one; a stream counts them ({@link OutstandingReads}, {@link PendingAnswers}).
     */
    private volatile ReadLimits reads = new ReadLimits(0, 0);
    /** How many were agreed on with the peer: as many may be set while it is connected. */
    private volatile ReadLimits agreedReads = new ReadLimits(0, 0);
    /** The connection, null before there is one. */
    volatile @Nullable Link link;
    /** How far it is, if the connection is a stream. Plain: who has seen the state that comes of it sees it too. */
    @Nullable StreamState stream;

    private final AtomicBoolean failed = new AtomicBoolean();
    /** Why it went to ERROR: the first fault stays. */
    private volatile @Nullable Fault fault;

    /**
     * Creates the NIC's half of a queue pair, in INIT.
     *
     * @param engine             what works on it
     * @param number             its number
     * @param domain             its protection domain's number
     * @param access             bits of {@link Access}: what the peer may do through it at most
     * @param privileged         whether its owner is the kernel, which posts bus addresses
     * @param blocks             the shared memory
     * @param limits             what its queues hold
     * @param sendCompletions    where its send requests report
     * @param receiveCompletions where its receives report
     * @param events             where its owner is told what no completion tells
     * @param shared             where its receives come from, null for its own queue
     */
    public QueuePairContext(final Engine engine, final int number, final int domain, final int access,
        final boolean privileged, final QueueBlocks blocks, final QueueLimits limits,
        final CompletionWriter sendCompletions, final CompletionWriter receiveCompletions, final AsyncEvents events,
        final @Nullable SharedReceives shared) {
        this.number = number;
        this.domain = domain;
        this.denied = ~access;
        this.privileged = privileged;
        send = new SendFlow(this, engine, blocks, limits, sendCompletions);
        receive = shared == null ? new ReceiveFlow(this, blocks, limits, receiveCompletions)
            : new SharedReceiveFlow(this, blocks, limits, receiveCompletions, shared);
        page = blocks.doorbell().address();
        this.events = events;
        DoorbellLayout.state(page, INIT);
    }

    /** The bit of {@link Access} that a peer asks for, or one that no region allows if the queue pair denies it. */
    int asked(final int access) {
        return (denied & access) == 0 ? access : MemoryEntry.NEVER_ALLOWED;
    }

    /** Its number. */
    public int number() {
        return number;
    }

    /** Its receive side, for links that deliver at once. */
    public ReceiveFlow receiveFlow() {
        return receive;
    }

    /** Its state. */
    public QueuePairState state() {
        return QueuePairState.of(stateCode());
    }

    int stateCode() {
        return send.state();
    }

    /** Moves to {@code next} if the state is {@code expected}. */
    public synchronized boolean move(final QueuePairState expected, final QueuePairState next) {
        if (stateCode() != expected.code()) {
            return false;
        }
        state(next.code());
        return true;
    }

    /** The caller is synchronized. It closes before anybody sees why: nothing is taken behind what is flushed. */
    private void state(final int code) {
        if (!isOpenIn(code)) {
            receive.open = false;
        }
        DoorbellLayout.state(page, code);
        receive.open = isOpenIn(code);
    }

    private boolean isOpenIn(final int code) {
        return link != null && code != ERROR && code != RESET;
    }

    /** Notes a fault, before the queue pair goes to ERROR by it; what came first stays. */
    void note(final Fault found) {
        FAULT.compareAndSet(this, null, found);
    }

    /**
     * Notes a fault that was asked for; under the lock of the send queue.
     *
     * @param ofRequest whether it befalls the request that is being sent, not an answer to the peer
     * @param terminate the Terminate that is said to have come, 0 if the connection is said to be lost
     */
    public void noteInjected(final boolean ofRequest, final int terminate) {
        if (ofRequest) {
            final long control = Words.getLong(send.slots + send.slot() + SendSlotLayout.CONTROL);
            note(Fault.injected(
                SendSide.completionOpcode(SendSlotLayout.opcode(control)), send.taken, terminate));
        } else {
            note(Fault.injected(null, Fault.NO_SLOT, terminate));
        }
    }

    /** Why it went to ERROR, null if it did not. */
    public @Nullable Fault fault() {
        return fault;
    }

    /**
     * Moves it to ERROR if it is in INIT, RTS or SQD: before anybody can see the completion that tells of the error.
     */
    synchronized void markError() {
        if (stateCode() != RESET) {
            state(ERROR);
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
    public synchronized void moveToReset() {
        state(RESET);
    }

    /** Connects it: from now on its peer may deliver. */
    public synchronized void connect(final Link connection) {
        if (connection instanceof StreamLink streamed) {
            stream = new StreamState(streamed, reads);
        }
        final DirectLink direct = connection instanceof DirectLink delivering ? delivering : null;
        send.near = direct == null ? null : direct.near();
        send.direct = direct;
        link = connection;
        receive.open = isOpenIn(stateCode());
    }

    /** How many RDMA Reads and atomics may be under way. */
    public ReadLimits reads() {
        return reads;
    }

    /** Sets how many RDMA Reads and atomics may be under way. */
    public void reads(final ReadLimits limits) {
        reads = limits;
    }

    /** Sets what was agreed on with the peer, and with it how many may be under way. */
    public void agree(final ReadLimits limits) {
        agreedReads = limits;
        reads = limits;
    }

    /** How many RDMA Reads and atomics were agreed on with the peer. */
    public ReadLimits agreedReads() {
        return agreedReads;
    }

    /** The number of the peer, 0 if it has none. */
    public int peerNumber() {
        final Link connection = link;
        return connection == null ? 0 : connection.peerNumber();
    }

    /** Adds what it has done so far. */
    public void addTo(final Counters sum) {
        send.addTo(sum);
        receive.addTo(sum);
    }

    /** Its doorbell, where the thread that rings does the NIC's work. */
    public Doorbell invokerDoorbell() {
        return send;
    }

    /** From now on nobody begins work on it; who has begun is waited for by a grace period. */
    void destroy() {
        receive.destroyed = true;
    }

    boolean isDestroyed() {
        return receive.destroyed;
    }

    /** Whether something is posted that is not taken: for a thread that does not hold the send side's lock. */
    boolean hasSendWork() {
        final StreamState streamed = stream;
        return !isDestroyed() && send.hasWork()
            && isSending(stateCode()) && (streamed == null || !streamed.stalled);
    }

    /** Whether requests are taken in that state, to be done or to be flushed. */
    private static boolean isSending(final int state) {
        return state == RTS || state == ERROR;
    }

    /**
     * Gives up the shared receive that a message was being placed into; only while nobody works on it.
     *
     * @return its slot, below 0 if there is none
     */
    public int abandonReceive() {
        return receive instanceof SharedReceiveFlow shared ? shared.abandon() : SharedReceives.NONE;
    }

    /** Forgets what was taken; only while nobody works on it and the host's half forgets too. */
    synchronized void forgetPositions() {
        send.forgetPositions();
        receive.forgetPositions();
        link = null;
        receive.open = false;
        stream = null;
        fault = null;
        failed.set(false);
    }

    /**
     * Its number, so that sets have queue pairs in the order of their creation while their numbers are new: a collector
     * lays them into memory in the order in which it finds them, and what lies in a regular order a processor fetches
     * before it is needed.
     */
    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return "queue pair " + number;
    }
}
