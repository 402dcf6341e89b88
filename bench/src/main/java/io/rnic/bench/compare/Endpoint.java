package io.rnic.bench.compare;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rnic.bench.run.Resources;
import io.rnic.bench.run.Waiting;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * One side of a connection: a queue pair with a completion queue each for sends and receives, and one region.
 *
 * <pre>
 *   offset 0           SOURCE  what it sends, writes from, and reads into
 *   offset areaBytes   SINK    where messages and the peer's writes arrive
 *   offset 2*areaBytes CREDIT  a word that the peer writes to, on a page of its own
 * </pre>
 *
 * <p>For one thread. Posting and waiting allocate nothing. Each request is posted by itself and carries its ordinal,
 * from 1, as its number.
 */
final class Endpoint implements AutoCloseable {
    private static final int PAGE_BYTES = 4096;
    private static final int POLL_LIMIT = 16;
    private static final VarHandle BYTE = JAVA_BYTE.varHandle();
    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private final Resources resources = new Resources();
    private final Shape shape;
    private final Waiting waiting;
    private final ProtectionDomain domain;
    private final MemorySegment memory;
    private final MemoryRegion region;
    /** The same memory for receives, which nobody else reaches. */
    private final MemoryRegion inbox;
    private final CompletionQueue sendQueue;
    private final CompletionQueue receiveQueue;
    private final QueuePair queuePair;
    private final SendRequest sendRequest = new SendRequest();
    private final ReceiveRequest receiveRequest = new ReceiveRequest();
    private final CompletionCounter sends = new CompletionCounter();
    private final CompletionCounter receives = new CompletionCounter();
    private long posted;
    private long receivesPosted;
    private long peerAddress;
    private int peerKey;

    /**
     * Creates everything, unconnected.
     *
     * @throws io.rnic.verbs.RnicException if the device refuses something; then nothing is left open
     */
    @SuppressWarnings("MustBeClosedChecker") // the resources close it
    Endpoint(final Rnic nic, final Shape shape, final Waiting waiting) {
        this.shape = shape;
        this.waiting = waiting;
        try {
            final Arena arena = resources.add(Arena.ofShared());
            memory = arena.allocate(2L * shape.areaBytes() + PAGE_BYTES, PAGE_BYTES);
            domain = resources.add(nic.allocateProtectionDomain());
            region = register(memory, Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.REMOTE_READ);
            inbox = register(memory, Access.LOCAL_WRITE);
            sendQueue = resources.add(nic.createCompletionQueue(shape.depth()));
            receiveQueue = resources.add(nic.createCompletionQueue(shape.receives()));
            queuePair = resources.add(domain.createQueuePair(
                QueuePairOptions.of(sendQueue, receiveQueue).withRequests(shape.depth(), shape.receives())));
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /** Registers memory in its domain, until it is closed. */
    MemoryRegion register(final MemorySegment segment, final Access... access) {
        return resources.add(domain.registerMemory(segment, access));
    }

    QueuePair queuePair() {
        return queuePair;
    }

    /** Learns where its peer's memory is, which applications tell each other as they please. */
    void meet(final Endpoint peer) {
        peerAddress = peer.region.address();
        peerKey = peer.region.rkey();
    }

    long sinkOffset() {
        return shape.areaBytes();
    }

    long creditOffset() {
        return 2L * shape.areaBytes();
    }

    /** The memory of SOURCE from {@code offset} on. */
    MemorySegment source(final long offset, final int bytes) {
        return memory.asSlice(offset, bytes);
    }

    /** Posts a Send of bytes from SOURCE. */
    void send(final long from, final int bytes) {
        post(sendRequest.send(claim()).sge(region, from, bytes));
    }

    /** Posts an RDMA Write into the peer's region at offset {@code to}. */
    void write(final long from, final long to, final int bytes) {
        post(sendRequest.write(claim(), peerAddress + to, peerKey).sge(region, from, bytes));
    }

    /** Posts an RDMA Write of a word, carried in the request itself, into the peer's CREDIT. */
    void grant(final MemorySegment word) {
        post(sendRequest.write(claim(), peerAddress + creditOffset(), peerKey)
            .inline(word, 0, Long.BYTES));
    }

    /** Posts an RDMA Read of the peer's region from offset {@code from}. */
    void read(final long into, final long from, final int bytes) {
        read(into, peerAddress + from, peerKey, bytes);
    }

    /** Posts an RDMA Read of any region of the peer. */
    void read(final long into, final long remoteAddress, final int remoteKey, final int bytes) {
        post(sendRequest.read(claim(), remoteAddress, remoteKey).sge(region, into, bytes));
    }

    /** Room for one more request: waits for completions if need be. Returns its number. */
    private long claim() {
        if (posted - sends.lastWrId() >= shape.depth()) {
            awaitSend(posted - shape.depth() + 1, POLL_LIMIT);
        }
        return ++posted;
    }

    private void post(final SendRequest request) {
        queuePair.postSend(request.signalled(posted % shape.signalEvery() == 0));
    }

    /** How many send requests were posted: also the number of the last one. */
    long posted() {
        return posted;
    }

    /** Waits until the request of that number is known to be done, taking so many completions at a time. */
    void awaitSend(final long number, final int limit) {
        waiting.begin();
        while (sends.lastWrId() < number) {
            if (sendQueue.poll(sends, limit) == 0) {
                waiting.pause("the completion of a send request");
            }
        }
    }

    /** Waits until everything posted is done; the last request was a signalled one. */
    void awaitSends() {
        awaitSend(posted, POLL_LIMIT);
    }

    /** Posts receives, each for a message of any size, until as many are posted as the shape says. */
    void fillReceives() {
        while (receivesPosted - receives.count() < shape.receives()) {
            receivesPosted++;
            queuePair.postReceive(receiveRequest.receive(receivesPosted).sge(inbox, sinkOffset(), shape.areaBytes()));
        }
    }

    /** How many receives were posted. */
    long receivesPosted() {
        return receivesPosted;
    }

    /** Looks for messages and returns how many have been received in all. */
    long received() {
        receiveQueue.poll(receives, POLL_LIMIT);
        return receives.count();
    }

    /** Looks at a byte that the NIC may be writing (acquire: what was placed before it is visible). */
    byte byteAt(final long offset) {
        return (byte) BYTE.getAcquire(memory, offset);
    }

    /** Sets a byte. */
    void byteAt(final long offset, final byte value) {
        BYTE.setRelease(memory, offset, value);
    }

    /** Looks at CREDIT, which the peer writes. */
    long credit() {
        return (long) WORD.getAcquire(memory, creditOffset());
    }

    @Override
    public void close() {
        resources.close();
    }
}
