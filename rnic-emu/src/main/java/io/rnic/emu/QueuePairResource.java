package io.rnic.emu;

import io.rnic.emu.connection.Endpoint;
import io.rnic.emu.connection.PendingConnection;
import io.rnic.emu.engine.Engine;
import io.rnic.emu.engine.Fault;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A queue pair of a domain: the host's half, the NIC's half, and the memory between. What changes its state or
 * connection holds the device's connection lock ({@link Device#ports}).
 */
public final class QueuePairResource implements Endpoint {
    private final DomainResource domain;
    private final CompletionQueueResource sendQueue;
    private final CompletionQueueResource receiveQueue;
    private final int number;
    private final long onBoardBytes;
    private final QueueBlocks blocks;
    private final QueuePairContext nic;
    private final HostQueuePair host;
    private final Usage usage;
    private final Object control = new Object();
    private @Nullable PendingConnection pending;

    private QueuePairResource(final DomainResource domain, final CompletionQueueResource sendQueue,
        final CompletionQueueResource receiveQueue, final QueueLimits limits, final int access, final int number,
        final QueueBlocks blocks, final long onBoardBytes) {
        this.domain = domain;
        this.sendQueue = sendQueue;
        this.receiveQueue = receiveQueue;
        this.number = number;
        this.onBoardBytes = onBoardBytes;
        this.blocks = blocks;
        usage = new Usage("queue pair " + number);
        nic = new QueuePairContext(number, domain.number(), access, domain.context().privileged(), blocks, limits,
            sendQueue.writer(), receiveQueue.writer(), domain.context().asyncEvents());
        host = new HostQueuePair(number, blocks, limits, domain.context().attach(nic),
            () -> domain.context().unplacedMessages().add(receiveQueue.reader()));
    }

    /**
     * Creates a queue pair in INIT.
     *
     * @param access bits of {@link io.rnic.verbs.Access}: what the peer may do through it at most
     * @throws RnicException INVALID_ARGUMENT, DEVICE_LIMIT, CLOSED; nothing is left behind then
     */
    public static QueuePairResource create(final DomainResource domain, final CompletionQueueResource sendQueue,
        final CompletionQueueResource receiveQueue, final QueueLimits limits, final int access) {
        check("maxSendRequests", limits.maxSendRequests(), 1, DeviceConfig.MAX_REQUESTS);
        check("maxReceiveRequests", limits.maxReceiveRequests(), 1, DeviceConfig.MAX_REQUESTS);
        check("maxSendSges", limits.maxSendSges(), 1, DeviceConfig.MAX_SGES);
        check("maxReceiveSges", limits.maxReceiveSges(), 1, DeviceConfig.MAX_SGES);
        check("maxInlineBytes", limits.maxInlineBytes(), 0, DeviceConfig.MAX_INLINE_BYTES);
        if (sendQueue.context() != domain.context() || receiveQueue.context() != domain.context()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT,
                "the completion queues of a queue pair must be of the same opened NIC as its protection domain");
        }
        domain.usage().checkOpen();
        sendQueue.usage().checkOpen();
        receiveQueue.usage().checkOpen();
        final Device device = domain.device();
        final int number = device.queuePairNumbers().take();
        QueueBlocks blocks = null;
        try {
            blocks = QueueBlocks.allocate(device.sharedMemory(), limits);
            final long onBoardBytes = onBoardBytes(domain, blocks);
            device.onBoardMemory().charge(onBoardBytes, "a queue pair");
            final QueuePairResource created =
                new QueuePairResource(domain, sendQueue, receiveQueue, limits, access, number, blocks, onBoardBytes);
            created.register();
            return created;
        } catch (final RnicException e) {
            if (blocks != null) {
                blocks.release(device.sharedMemory());
            }
            device.queuePairNumbers().giveBack(number);
            throw e;
        }
    }

    private static void check(final String what, final int value, final int min, final int max) {
        if (value < min || value > max) {
            throw new RnicException(RnicError.INVALID_ARGUMENT,
                "queue pair with " + what + "=" + value + "; allowed: " + min + " to " + max);
        }
    }

    /**
     * What an endpoint costs on board (paper, §III-A). A user-level one needs, beside its context, a doorbell page and
     * the translations of its queues' pages; the kernel rings for its callers and posts from memory of its own.
     */
    private static long onBoardBytes(final DomainResource domain, final QueueBlocks blocks) {
        if (domain.context().privileged()) {
            return OnBoardMemory.QUEUE_PAIR_BYTES;
        }
        final int pageSize = domain.device().pinner().pageSize();
        final long pages = (blocks.send().bytes() + pageSize - 1) / pageSize
            + (blocks.receive().bytes() + pageSize - 1) / pageSize;
        return OnBoardMemory.QUEUE_PAIR_BYTES + blocks.doorbell().bytes() + pages * OnBoardMemory.TRANSLATION_BYTES;
    }

    /**
     * Notes its use of others; if one of them was closed just now, takes all back but what {@link #create} gives back.
     */
    private void register() {
        try {
            domain.usage().add(this, usage.name());
            sendQueue.usage().add(this, usage.name());
            receiveQueue.usage().add(this, usage.name());
            domain.context().queuePairs().add(host);
        } catch (final RnicException e) {
            domain.context().detach(nic);
            device().onBoardMemory().release(onBoardBytes);
            removeUses();
            throw e;
        }
    }

    private void removeUses() {
        receiveQueue.usage().remove(this);
        sendQueue.usage().remove(this);
        domain.usage().remove(this);
    }

    /** Its number. */
    public int number() {
        return number;
    }

    /** The host's half. */
    public HostQueuePair host() {
        return host;
    }

    @Override
    public QueuePairContext nic() {
        return nic;
    }

    /** Its protection domain. */
    public DomainResource domain() {
        return domain;
    }

    /** Its state. */
    public QueuePairState state() {
        usage.checkOpen();
        return nic.state();
    }

    /** Why it went to ERROR, null if it did not. */
    public @Nullable Diagnosis diagnosis() {
        usage.checkOpen();
        final Fault fault = nic.fault();
        if (fault == null) {
            return null;
        }
        final CompletionOpcode operation = fault.operation();
        return fault.diagnosis(nic, operation == null || fault.slotNumber() == Fault.NO_SLOT ? null
            : host.wrId(operation.isReceive(), fault.slotNumber()));
    }

    /** Asks for a connection. */
    public PendingConnection beginConnect(final InetSocketAddress remote, final byte[] privateData) {
        synchronized (device().ports()) {
            checkConnectable();
            final PendingConnection attempt = device().ports().connect(this, remote, privateData);
            pending = attempt;
            return attempt;
        }
    }

    @Override
    public void checkConnectable() {
        usage.checkOpen();
        if (nic.state() != QueuePairState.INIT || (pending != null && pending.isPending())) {
            throw new RnicException(RnicError.INVALID_STATE, usage.name() + " is "
                + (nic.state() == QueuePairState.INIT ? "waiting for another connection" : "in " + nic.state())
                + "; connecting is allowed in INIT (from ERROR: modify to RESET, then INIT)");
        }
    }

    /** Ends the connection. */
    public void disconnect() {
        synchronized (device().ports()) {
            usage.checkOpen();
            if (nic.state() != QueuePairState.RTS) {
                throw new RnicException(RnicError.INVALID_STATE,
                    usage.name() + " is in " + nic.state() + "; disconnecting is allowed in RTS");
            }
            engine().error(nic);
        }
    }

    /**
     * Moves it to another state, as {@link io.rnic.verbs.QueuePair#modify} says. One at a time; the connection lock is
     * held only while the connection changes, because the rest waits for handlers.
     */
    public void modify(final QueuePairState target) {
        checkNotInHandler();
        synchronized (control) {
            switch (target) {
                case ERROR -> error();
                case RESET -> reset();
                case INIT -> step(QueuePairState.RESET, QueuePairState.INIT);
                case RTS -> throw new RnicException(RnicError.INVALID_STATE,
                    usage.name() + " cannot be modified to RTS: connect it, or accept a connection with it");
            }
        }
    }

    private void checkNotInHandler() {
        sendQueue.reader().checkNotInHandler();
        receiveQueue.reader().checkNotInHandler();
    }

    private void error() {
        synchronized (device().ports()) {
            usage.checkOpen();
            withdraw();
            if (!nic.move(QueuePairState.RESET, QueuePairState.ERROR)) {
                engine().error(nic);
            }
        }
    }

    private void step(final QueuePairState expected, final QueuePairState target) {
        usage.checkOpen();
        if (!nic.move(expected, target)) {
            throw new RnicException(RnicError.INVALID_STATE, usage.name() + " is in " + nic.state() + "; to " + target
                + " it comes from " + expected);
        }
    }

    private void reset() {
        synchronized (device().ports()) {
            usage.checkOpen();
            withdraw();
            nic.moveToReset();
        }
        host.awaitPosters();
        engine().quiesce(nic);
        // Before the host's half counts from 0 again: what is polled belongs to what is counted.
        sendQueue.reader().forget(number);
        receiveQueue.reader().forget(number);
        engine().forget(nic, host::reset);
    }

    private void withdraw() {
        if (pending != null) {
            pending.withdraw();
            pending = null;
        }
    }

    /** Destroys it; a connected one is disconnected. */
    public void close() {
        checkNotInHandler();
        synchronized (control) {
            synchronized (device().ports()) {
                usage.close();
                withdraw();
            }
            host.close();
            engine().destroy(nic);
            // While it is found, a region that is deregistered finds its messages.
            sendQueue.reader().forget(number);
            receiveQueue.reader().forget(number);
            domain.context().queuePairs().remove(host);
            domain.context().detach(nic);
            domain.context().asyncEvents().forget(QueuePair.class, number);
            blocks.release(device().sharedMemory());
            device().onBoardMemory().release(onBoardBytes);
            device().queuePairNumbers().giveBack(number);
            removeUses();
        }
    }

    private Device device() {
        return domain.device();
    }

    private Engine engine() {
        return device().engine();
    }

    /** Whether it is open. */
    public Usage usage() {
        return usage;
    }

    @Override
    public String toString() {
        return usage.name();
    }
}
