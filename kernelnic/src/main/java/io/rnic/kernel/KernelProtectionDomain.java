package io.rnic.kernel;

import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.ProtectionDomainAttributes;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** A protection domain by its handle. */
record KernelProtectionDomain(KernelRnic rnic, int handle) implements ProtectionDomain {
    @Override
    public MemoryRegion registerMemory(final MemorySegment segment, final Access... access) {
        Objects.requireNonNull(segment, "segment");
        final ArgumentBlock block = rnic.calls().block().putInt(handle).putInt(Access.bits(access));
        final int region = (int) rnic.calls().call(SystemCall.REGISTER_MEMORY, block, segment);
        return new KernelMemoryRegion(rnic, region, segment, block.getLong(), block.getLong(), block.getInt());
    }

    @Override
    public MemoryWindow allocateMemoryWindow() {
        return new KernelMemoryWindow(
            rnic, (int) rnic.calls().call(SystemCall.ALLOCATE_WINDOW, rnic.calls().block().putInt(handle)));
    }

    @Override
    public QueuePair createQueuePair(final QueuePairOptions options) {
        Objects.requireNonNull(options, "options");
        if (!(options.sendCompletionQueue() instanceof KernelCompletionQueue sends) || sends.rnic() != rnic
            || !(options.receiveCompletionQueue() instanceof KernelCompletionQueue receives)
            || receives.rnic() != rnic) {
            throw KernelRnic.foreign("completion queue");
        }
        final SharedReceiveQueue shared = options.sharedReceiveQueue();
        if (shared != null && !(shared instanceof KernelSharedReceiveQueue ofThisRnic && ofThisRnic.rnic() == rnic)) {
            throw KernelRnic.foreign("shared receive queue");
        }
        final ArgumentBlock block = rnic.calls().block().putInt(handle).putInt(sends.handle()).putInt(receives.handle())
            .putInt(options.maxSendRequests()).putInt(options.maxReceiveRequests())
            .putInt(options.maxSendSges()).putInt(options.maxReceiveSges())
            .putInt(options.maxInlineBytes()).putInt(options.signalAll() ? 1 : 0)
            .putInt(options.access())
            .putInt(shared instanceof KernelSharedReceiveQueue own ? own.handle() : 0)
            .putInt(options.ord()).putInt(options.ird());
        final int queuePair = (int) rnic.calls().call(SystemCall.CREATE_QUEUE_PAIR, block);
        final KernelQueuePair created = new KernelQueuePair(rnic, queuePair, block.getInt(), sends, receives, options);
        rnic.add(created);
        return created;
    }

    @Override
    public SharedReceiveQueue createSharedReceiveQueue(final int receives, final int sges) {
        final ArgumentBlock block = rnic.calls().block().putInt(handle).putInt(receives).putInt(sges);
        final int queue = (int) rnic.calls().call(SystemCall.CREATE_SHARED_RECEIVE_QUEUE, block);
        final KernelSharedReceiveQueue created = new KernelSharedReceiveQueue(rnic, queue, block.getInt(), sges);
        rnic.add(created);
        return created;
    }

    @Override
    public ProtectionDomainAttributes query() {
        final ArgumentBlock block = rnic.calls().block().putInt(handle);
        final int number = (int) rnic.calls().call(SystemCall.QUERY_DOMAIN, block);
        return new ProtectionDomainAttributes(number, block.getInt(), block.getInt(), block.getInt());
    }

    @Override
    public void close() {
        rnic.calls().call(SystemCall.CLOSE, handle);
    }

    @Override
    public String toString() {
        return "protection domain of handle " + handle;
    }
}
