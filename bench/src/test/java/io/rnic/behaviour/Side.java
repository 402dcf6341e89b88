package io.rnic.behaviour;

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
import java.lang.foreign.ValueLayout;
import java.util.function.UnaryOperator;

/** One side of a connection: its domain, completion queues, queue pair, and a region that allows everything. */
final class Side implements AutoCloseable {
    static final int REGION_BYTES = 1 << 16;

    final Rnic rnic;
    final ProtectionDomain domain;
    final CompletionQueue sends;
    final CompletionQueue receives;
    final MemoryRegion region;
    QueuePair queuePair;
    private final Arena arena = Arena.ofShared();

    Side(final Rnic rnic, final UnaryOperator<QueuePairOptions> options) {
        this.rnic = rnic;
        domain = rnic.allocateProtectionDomain();
        sends = rnic.createCompletionQueue(512);
        receives = rnic.createCompletionQueue(512);
        region = domain.registerMemory(
            arena.allocate(REGION_BYTES), Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.REMOTE_READ);
        queuePair = domain.createQueuePair(
            options.apply(QueuePairOptions.of(sends, receives).withRequests(64, 64).withSges(4, 4)));
    }

    /** Another queue pair in the place of one that the test has closed. */
    void replaceQueuePair() {
        queuePair = domain.createQueuePair(QueuePairOptions.of(sends, receives));
    }

    MemorySegment memory() {
        return region.segment();
    }

    byte[] bytes(final long offset, final int length) {
        return memory().asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    void fill(final long offset, final byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory(), ValueLayout.JAVA_BYTE, offset, bytes.length);
    }

    /** Memory registered in this side's domain, beside the region. */
    MemoryRegion register(final long bytes, final Access... access) {
        return domain.registerMemory(arena.allocate(bytes), access);
    }

    void receive(final long wrId, final long offset, final int length) {
        queuePair.postReceive(new ReceiveRequest().receive(wrId).sge(region, offset, length));
    }

    void send(final long wrId, final long offset, final int length) {
        queuePair.postSend(new SendRequest().send(wrId).sge(region, offset, length).signalled(true));
    }

    void write(final long wrId, final long offset, final int length, final long remoteAddress, final int rkey) {
        queuePair.postSend(
            new SendRequest().write(wrId, remoteAddress, rkey).sge(region, offset, length).signalled(true));
    }

    void read(final long wrId, final long offset, final int length, final long remoteAddress, final int rkey) {
        queuePair.postSend(
            new SendRequest().read(wrId, remoteAddress, rkey).sge(region, offset, length).signalled(true));
    }

    @Override
    public void close() {
        queuePair.close();
        region.close();
        receives.close();
        sends.close();
        domain.close();
        arena.close();
    }
}
