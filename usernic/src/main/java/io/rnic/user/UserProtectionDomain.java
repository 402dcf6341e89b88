package io.rnic.user;

import io.rnic.emu.DeviceConfig;
import io.rnic.emu.DomainResource;
import io.rnic.emu.QueuePairResource;
import io.rnic.emu.SharedReceiveQueueResource;
import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.queue.QueueLimits;
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

/** A protection domain of a user-level process. */
record UserProtectionDomain(UserRnic rnic, DomainResource resource) implements ProtectionDomain {
    @Override
    public MemoryRegion registerMemory(final MemorySegment segment, final Access... access) {
        Objects.requireNonNull(segment, "segment");
        rnic.cross();
        return new UserMemoryRegion(rnic, resource.register(segment, Access.bits(access), true));
    }

    @Override
    public MemoryWindow allocateMemoryWindow() {
        rnic.cross();
        return new UserMemoryWindow(rnic, resource.allocateWindow());
    }

    @Override
    public QueuePair createQueuePair(final QueuePairOptions options) {
        Objects.requireNonNull(options, "options");
        if (!(options.sendCompletionQueue() instanceof UserCompletionQueue sends) || sends.rnic() != rnic
            || !(options.receiveCompletionQueue() instanceof UserCompletionQueue receives) || receives.rnic() != rnic) {
            throw UserRnic.foreign("completion queue");
        }
        final SharedReceiveQueue shared = options.sharedReceiveQueue();
        if (shared != null && !(shared instanceof UserSharedReceiveQueue ofThisRnic && ofThisRnic.rnic() == rnic)) {
            throw UserRnic.foreign("shared receive queue");
        }
        rnic.cross();
        final QueueLimits limits = new QueueLimits(options.maxSendRequests(), options.maxReceiveRequests(),
            options.maxSendSges(), options.maxReceiveSges(), options.maxInlineBytes(), DeviceConfig.MAX_MESSAGE_BYTES,
            options.signalAll());
        final UserQueuePair queuePair = new UserQueuePair(rnic, QueuePairResource.create(
            resource, sends.resource(), receives.resource(),
            shared instanceof UserSharedReceiveQueue own ? own.resource() : null, limits, options.access(),
            new ReadLimits(options.ord(), options.ird())));
        rnic.add(queuePair);
        return queuePair;
    }

    @Override
    public SharedReceiveQueue createSharedReceiveQueue(final int receives, final int sges) {
        rnic.cross();
        final UserSharedReceiveQueue queue =
            new UserSharedReceiveQueue(rnic, SharedReceiveQueueResource.create(resource, receives, sges));
        rnic.add(queue);
        return queue;
    }

    @Override
    public ProtectionDomainAttributes query() {
        rnic.cross();
        return resource.query();
    }

    @Override
    public void close() {
        rnic.cross();
        resource.close();
    }

    @Override
    public String toString() {
        return resource.usage().name();
    }
}
