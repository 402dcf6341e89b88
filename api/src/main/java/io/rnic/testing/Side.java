package io.rnic.testing;

import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/** One side of a connection: its domain, completion queues, queue pair, and a region that allows everything. */
public final class Side implements AutoCloseable {
    /** The length of the region in bytes: 64 KiB. */
    public static final int REGION_BYTES = 1 << 16;

    /** So that atomics have targets. */
    private static final int REGION_ALIGNMENT = 64;
    private static final int COMPLETIONS = 512;
    private static final int REQUESTS = 64;
    private static final int SGES = 4;
    private static final long PLACED = Long.MIN_VALUE;

    private final Rnic rnic;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Arena arena = Arena.ofShared();
    private final ProtectionDomain domain;
    private final CompletionQueue sends;
    private final CompletionQueue receives;
    private final MemoryRegion region;
    private final QueuePair queuePair;

    /** Whatever is refused, what was made before goes again. */
    private Side(final Rnic rnic, final UnaryOperator<QueuePairOptions> options, final Unwinding unwinding) {
        this.rnic = rnic;
        unwinding.add(arena::close);
        domain = rnic.allocateProtectionDomain();
        unwinding.add(domain::close);
        sends = rnic.createCompletionQueue(COMPLETIONS);
        unwinding.add(sends::close);
        receives = rnic.createCompletionQueue(COMPLETIONS);
        unwinding.add(receives::close);
        region = domain.registerMemory(arena.allocate(REGION_BYTES, REGION_ALIGNMENT), Access.values());
        unwinding.add(region::close);
        queuePair = domain.createQueuePair(
            options.apply(QueuePairOptions.of(sends, receives).withRequests(REQUESTS, REQUESTS).withSges(SGES, SGES)));
        unwinding.add(queuePair::close);
    }

    /** Makes a side on an opened NIC; its queue pair holds 64 requests of 4 pieces each way, and is not connected. */
    public static Side of(final Rnic rnic) {
        return of(rnic, UnaryOperator.identity());
    }

    /** The same with other options of the queue pair. */
    public static Side of(final Rnic rnic, final UnaryOperator<QueuePairOptions> options) {
        return Unwinding.unlessMade(unwinding -> new Side(rnic, options, unwinding));
    }

    /** The NIC that it was made on; it is not closed with the side. */
    public Rnic rnic() {
        return rnic;
    }

    /** Its protection domain. */
    public ProtectionDomain domain() {
        return domain;
    }

    /** Where its sends complete; holds 512. */
    public CompletionQueue sends() {
        return sends;
    }

    /** Where its receives complete; holds 512. */
    public CompletionQueue receives() {
        return receives;
    }

    /** Its region of {@link #REGION_BYTES}, with every access. */
    public MemoryRegion region() {
        return region;
    }

    /** Its queue pair. */
    public QueuePair queuePair() {
        return queuePair;
    }

    /** The region's memory. */
    public MemorySegment memory() {
        return region.segment();
    }

    /** A copy of {@code length} bytes of the region. */
    public byte[] bytes(final long offset, final int length) {
        return memory().asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Puts bytes into the region. */
    public void fill(final long offset, final byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory(), ValueLayout.JAVA_BYTE, offset, bytes.length);
    }

    /** Registers new memory in this side's domain, beside the region; the caller closes it. */
    public MemoryRegion register(final long bytes, final Access... access) {
        return domain.registerMemory(arena.allocate(bytes, REGION_ALIGNMENT), access);
    }

    /** Posts a receive into a part of the region. */
    public void receive(final long wrId, final long offset, final int length) {
        queuePair.postReceive(new ReceiveRequest().receive(wrId).sge(region, offset, length));
    }

    /** Posts a signalled Send of a part of the region. */
    public void send(final long wrId, final long offset, final int length) {
        queuePair.postSend(new SendRequest().send(wrId).sge(region, offset, length).signalled(true));
    }

    /** Posts a signalled RDMA Write of a part of the region to an address in the peer's region {@code rkey}. */
    public void write(
        final long wrId, final long offset, final int length, final long remoteAddress, final int rkey) {
        queuePair.postSend(
            new SendRequest().write(wrId, remoteAddress, rkey).sge(region, offset, length).signalled(true));
    }

    /** Posts a signalled RDMA Read into a part of the region from an address in the peer's region {@code rkey}. */
    public void read(
        final long wrId, final long offset, final int length, final long remoteAddress, final int rkey) {
        queuePair.postSend(
            new SendRequest().read(wrId, remoteAddress, rkey).sge(region, offset, length).signalled(true));
    }

    /**
     * Waits for the next completion of a send.
     *
     * @throws AssertionError with how the queue pair stands, when {@link Completions#PATIENCE} is over or the thread is
     *                        interrupted
     */
    public CompletedRequest awaitSend() {
        return Completions.await(sends, 1, () -> ", the sends' queue; " + Await.describe(queuePair)
            + "; hint: " + Await.hintOnSends(queuePair)).getFirst();
    }

    /** Waits for the next completion of a receive, as {@link #awaitSend} does. */
    public CompletedRequest awaitReceive() {
        return Completions.await(receives, 1, () -> ", the receives' queue; " + Await.describe(queuePair)
            + "; hint: " + Await.hintOnReceives(queuePair)).getFirst();
    }

    /** Waits until its queue pair is in that state. */
    public void awaitState(final QueuePairState state) {
        Await.state(queuePair, state);
    }

    /** Waits until its queue pair is in ERROR and says why. */
    public Diagnosis awaitDiagnosis() {
        return Await.diagnosis(queuePair);
    }

    /**
     * Waits until the peer has placed all that was sent, over whatever link: an RDMA Read of 0 bytes follows it. All
     * signalled sends before it are to be polled.
     */
    public void awaitPlaced() {
        queuePair.postSend(new SendRequest().read(PLACED, 0, 0).signalled(true));
        final CompletedRequest read = awaitSend();
        if (read.wrId() != PLACED || read.status() != CompletionStatus.SUCCESS) {
            throw new AssertionError("instead of the Read that shows what is placed came: " + read);
        }
    }

    /**
     * Closes what it made and is still open, and frees the memory; once it has, it does nothing.
     *
     * @throws RnicException BUSY while other objects use its domain or completion queues
     */
    @Override
    public void close() {
        if (closed.get()) {
            return;
        }
        closeIfOpen(queuePair::close);
        closeIfOpen(region::close);
        closeIfOpen(receives::close);
        closeIfOpen(sends::close);
        closeIfOpen(domain::close);
        if (closed.compareAndSet(false, true)) {
            arena.close();
        }
    }

    /** A test may have closed it as a part of what it tries. */
    static void closeIfOpen(final Runnable close) {
        try {
            close.run();
        } catch (final RnicException e) {
            if (e.error() != RnicError.CLOSED) {
                throw e;
            }
        }
    }
}
