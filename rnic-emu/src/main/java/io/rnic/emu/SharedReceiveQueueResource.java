package io.rnic.emu;

import io.rnic.emu.engine.SharedReceives;
import io.rnic.emu.queue.HostSharedReceives;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.SharedReceiveLayout;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SharedReceiveQueue;
import io.rnic.verbs.SharedReceiveQueueAttributes;

/** A shared receive queue of a domain: both halves and the memory between. */
public final class SharedReceiveQueueResource {
    private final DomainResource domain;
    private final int number;
    private final SharedMemory.Block block;
    private final long onBoardBytes;
    private final HostSharedReceives host;
    private final SharedReceives nic;
    private final Usage usage;

    private SharedReceiveQueueResource(final DomainResource domain, final int number, final int capacity,
        final int maxSges, final SharedMemory.Block block, final long onBoardBytes) {
        this.domain = domain;
        this.number = number;
        this.block = block;
        this.onBoardBytes = onBoardBytes;
        host = new HostSharedReceives(number, block, capacity, maxSges, DeviceConfig.MAX_MESSAGE_BYTES);
        nic = new SharedReceives(number, block, capacity, maxSges, domain.context().asyncEvents());
        usage = new Usage(host.toString());
    }

    /**
     * Creates a shared receive queue.
     *
     * @throws RnicException INVALID_ARGUMENT, DEVICE_LIMIT, CLOSED; nothing is left behind then
     */
    public static SharedReceiveQueueResource create(
        final DomainResource domain, final int capacity, final int maxSges) {
        check("receives", capacity, 1, DeviceConfig.MAX_REQUESTS);
        check("pieces of memory in each", maxSges, 1, DeviceConfig.MAX_SGES);
        domain.usage().checkOpen();
        final Device device = domain.device();
        final int number = device.sharedReceiveQueueNumbers().take();
        SharedMemory.Block block = null;
        try {
            block = device.sharedMemory().allocate(SharedReceiveLayout.bytes(capacity, maxSges));
            final long onBoardBytes = onBoardBytes(domain, block);
            device.onBoardMemory().charge(onBoardBytes, "a shared receive queue");
            final SharedReceiveQueueResource created =
                new SharedReceiveQueueResource(domain, number, capacity, maxSges, block, onBoardBytes);
            DeviceContext.addOrElse(domain.usage(), created, created.usage.name(),
                () -> device.onBoardMemory().release(onBoardBytes));
            return created;
        } catch (final RnicException e) {
            if (block != null) {
                device.sharedMemory().release(block);
            }
            device.sharedReceiveQueueNumbers().giveBack(number);
            throw e;
        }
    }

    private static void check(final String what, final int value, final int min, final int max) {
        if (value < min || value > max) {
            throw new RnicException(RnicError.INVALID_ARGUMENT,
                "shared receive queue of " + value + " " + what + "; allowed: " + min + " to " + max);
        }
    }

    /** A context, and for a user-level queue the translations of its pages (paper, §III-A). */
    private static long onBoardBytes(final DomainResource domain, final SharedMemory.Block block) {
        final int pageSize = domain.device().pinner().pageSize();
        return OnBoardMemory.SHARED_RECEIVE_QUEUE_BYTES + (domain.context().privileged() ? 0
            : (block.bytes() + pageSize - 1) / pageSize * OnBoardMemory.TRANSLATION_BYTES);
    }

    /** Its number. */
    public int number() {
        return number;
    }

    /** The host's half. */
    public HostSharedReceives host() {
        return host;
    }

    SharedReceives nic() {
        return nic;
    }

    /** Its protection domain. */
    public DomainResource domain() {
        return domain;
    }

    /** Arms the limit, as {@link SharedReceiveQueue#armLimit} says. */
    public void armLimit(final int limit) {
        usage.checkOpen();
        if (limit < 0 || limit > host.capacity()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT,
                "limit " + limit + " for " + usage.name() + "; allowed: 0 to " + host.capacity());
        }
        nic.arm(limit);
    }

    /** How it stands. */
    public SharedReceiveQueueAttributes query() {
        usage.checkOpen();
        return new SharedReceiveQueueAttributes(
            number, host.capacity(), host.maxSges(), nic.limit(), host.waiting(), host.space());
    }

    /** Destroys the queue; BUSY while queue pairs use it. */
    public void close() {
        usage.close();
        host.close();
        domain.context().asyncEvents().forget(SharedReceiveQueue.class, number);
        final Device device = domain.device();
        device.sharedMemory().release(block);
        device.onBoardMemory().release(onBoardBytes);
        device.sharedReceiveQueueNumbers().giveBack(number);
        domain.usage().remove(this);
    }

    /** Who uses it, and whether it is open. */
    public Usage usage() {
        return usage;
    }
}
