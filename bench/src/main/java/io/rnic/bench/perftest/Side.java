package io.rnic.bench.perftest;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.Resources;
import io.rnic.bench.tcp.Messenger;
import io.rnic.verbs.Access;
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
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What either side has: control, the queue pairs for data with a completion queue each for sends and receives, and
 * memory.
 *
 * <pre>
 *   source   what is sent, written from, and read into, by all queue pairs
 *   inbox    where messages arrive: no remote access
 *   exposed  what the other side writes to and reads from
 *     i * area              of queue pair i, from 0
 *     pairs * area + i * 64 the credit of queue pair i
 * </pre>
 *
 * <p>For one thread. Posting and polling allocate nothing.
 */
final class Side implements AutoCloseable {
    /** Receives that are posted ahead, at most; as perftest has it. */
    private static final int RECEIVES = 512;
    /** All queue pairs together. */
    private static final int ALL_RECEIVES = 65_536;
    private static final int PAGE_BYTES = 4096;
    private static final int CREDIT_BYTES = 64;
    private static final int POLL_LIMIT = 64;
    /** Requests beyond the depth: the one that proves what was before it. */
    private static final int SPARE = 2;
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    private static final ValueLayout.OfLong WORD_LAYOUT = ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);
    private static final VarHandle WORD = WORD_LAYOUT.varHandle();

    private final Resources resources = new Resources();
    private final Parameters parameters;
    private final int depth;
    private final long area;
    private final Control control;
    private final QueuePair[] pairs;
    private final Greeting[] peers;
    private final MemorySegment source;
    private final MemorySegment exposed;
    private final MemoryRegion sourceRegion;
    private final MemoryRegion inboxRegion;
    private final MemoryRegion exposedRegion;
    private final int receivesAhead;
    private final CompletionQueue sendQueue;
    private final CompletionQueue receiveQueue;
    private final Tracker sends;
    private final Tracker receives;
    private final SendRequest request = new SendRequest();
    private final ReceiveRequest receiveRequest = new ReceiveRequest();
    /** A credit on its way; of the heap, for it travels in the request. */
    private final MemorySegment word = MemorySegment.ofArray(new long[1]);

    /**
     * Creates everything, unconnected.
     *
     * @param depth requests that a queue pair may have outstanding
     * @throws io.rnic.verbs.RnicException if the device refuses something; then nothing is left open
     */
    Side(final Rnic nic, final Parameters parameters, final int depth) {
        this.parameters = parameters;
        this.depth = depth;
        final int count = parameters.queuePairs();
        area = (parameters.maxBytes() + PAGE_BYTES - 1L) / PAGE_BYTES * PAGE_BYTES;
        receivesAhead = Math.min(RECEIVES, ALL_RECEIVES / count);
        sends = new Tracker(count);
        receives = new Tracker(count);
        pairs = new QueuePair[count];
        peers = new Greeting[count];
        try {
            final Arena arena = Arena.ofAuto();
            final Messenger messenger = resources.add(new Messenger(nic, Control.MESSAGE_BYTES));
            control = new Control(messenger);
            final ProtectionDomain domain = messenger.domain();
            source = arena.allocate(area, PAGE_BYTES);
            exposed = arena.allocate(count * (area + CREDIT_BYTES), PAGE_BYTES);
            sourceRegion = resources.add(domain.registerMemory(source, Access.LOCAL_WRITE));
            inboxRegion = resources.add(domain.registerMemory(arena.allocate(area, PAGE_BYTES), Access.LOCAL_WRITE));
            exposedRegion = resources.add(domain.registerMemory(
                exposed, Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.REMOTE_READ));
            sendQueue = resources.add(nic.createCompletionQueue(count * (depth + SPARE)));
            receiveQueue = resources.add(nic.createCompletionQueue(count * receivesAhead));
            for (int i = 0; i < count; i++) {
                pairs[i] = resources.add(domain.createQueuePair(
                    QueuePairOptions.of(sendQueue, receiveQueue).withRequests(depth + SPARE, receivesAhead)));
            }
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    Parameters parameters() {
        return parameters;
    }

    Control control() {
        return control;
    }

    /** What was posted to the send queues. */
    Tracker sends() {
        return sends;
    }

    /** What was posted to the receive queues. */
    Tracker receives() {
        return receives;
    }

    /** How many receives a queue pair has room for. */
    int receivesAhead() {
        return receivesAhead;
    }

    /** Waits of this side. */
    Idle idle() {
        return new Idle(control);
    }

    /** How many queue pairs carry data. */
    int count() {
        return pairs.length;
    }

    /** The queue pair of a connection: 0 is control. */
    QueuePair queuePair(final int connection) {
        return connection == 0 ? control.queuePair() : pairs[connection - 1];
    }

    /** What this side says of a connection. */
    Greeting greeting(final int connection, final long session) {
        if (connection == 0) {
            return new Greeting(parameters, Greeting.Verdict.WELCOME, 0, session, 0, 0, 0);
        }
        final long base = exposedRegion.address();
        final int i = connection - 1;
        return new Greeting(parameters, Greeting.Verdict.WELCOME, connection, session, base + i * area,
            exposedRegion.rkey(), base + creditOffset(i));
    }

    private long creditOffset(final int i) {
        return count() * area + (long) i * CREDIT_BYTES;
    }

    /** Learns what the other side said of a connection that carries data. */
    void meet(final Greeting peer) {
        peers[peer.index() - 1] = peer;
    }

    /** Whether queue pair i takes one more request. */
    boolean hasRoom(final int i) {
        return sends.outstanding(i) < depth;
    }

    /** Posts a Send. */
    void send(final int i, final int bytes, final boolean signalled) {
        post(i, request.send(sends.next(i)).sge(sourceRegion, 0, bytes), signalled);
    }

    /** Posts an RDMA Write. */
    void write(final int i, final int bytes, final boolean signalled) {
        final Greeting peer = peers[i];
        post(i, request.write(sends.next(i), peer.address(), peer.key()).sge(sourceRegion, 0, bytes), signalled);
    }

    /** Posts an RDMA Read. */
    void read(final int i, final int bytes, final boolean signalled) {
        final Greeting peer = peers[i];
        post(i, request.read(sends.next(i), peer.address(), peer.key()).sge(sourceRegion, 0, bytes), signalled);
    }

    /** Tells the other side, by a Write into its memory, how many receives were posted to queue pair i so far. */
    void grant(final int i) {
        final Greeting peer = peers[i];
        word.set(WORD_LAYOUT, 0, receives.posted(i));
        post(i, request.write(sends.next(i), peer.credit(), peer.key()).inline(word, 0, Long.BYTES), true);
    }

    private void post(final int i, final SendRequest what, final boolean signalled) {
        pairs[i].postSend(what.signalled(signalled));
    }

    /** How many receives the other side has posted to queue pair i so far, as it told. */
    long credit(final int i) {
        return (long) WORD.getAcquire(exposed, creditOffset(i));
    }

    /** Posts a receive to queue pair i. */
    void postReceive(final int i) {
        pairs[i].postReceive(receiveRequest.receive(receives.next(i)).sge(inboxRegion, 0, (int) area));
    }

    /** Looks at a byte that the other side writes (acquire: what was placed before it is visible). */
    byte exposedByte(final long offset) {
        return (byte) BYTE.getAcquire(exposed, offset);
    }

    /** Sets it. */
    void exposedByte(final long offset, final byte value) {
        BYTE.setRelease(exposed, offset, value);
    }

    /** Sets a byte of what is sent; nothing may be on its way. */
    void sourceByte(final long offset, final byte value) {
        source.set(ValueLayout.JAVA_BYTE, offset, value);
    }

    /** Takes completions of send requests, and returns how many requests they say are done. */
    long pollSends() {
        final long before = sends.done();
        sendQueue.poll(sends, POLL_LIMIT);
        throwIfFailed(sends, "a request");
        return sends.done() - before;
    }

    /** Takes completions of receives, and returns how many messages came. */
    long pollReceives() {
        final long before = receives.done();
        receiveQueue.poll(receives, POLL_LIMIT);
        throwIfFailed(receives, "a receive");
        return receives.done() - before;
    }

    private void throwIfFailed(final Tracker tracker, final String what) {
        final CompletionStatus failure = tracker.failure();
        if (failure != null) {
            final Diagnosis why = pairs[tracker.failed()].diagnosis();
            throw new ExperimentException(what + " ended with " + failure + (why == null ? "" : ": " + why));
        }
    }

    /** Waits until all requests are done; the last one of each queue pair was a signalled one. */
    void awaitSends(final Idle idle) {
        idle.begin();
        while (sends.done() < sends.posted()) {
            if (pollSends() > 0) {
                idle.begin();
            } else {
                // The other side may have news: it can have all bytes before this side has completed the last request.
                idle.pause("the completion of a request");
            }
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
