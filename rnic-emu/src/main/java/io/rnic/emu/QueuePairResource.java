package io.rnic.emu;

import io.rnic.emu.connection.Endpoint;
import io.rnic.emu.connection.PendingConnection;
import io.rnic.emu.engine.Engine;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A queue pair of a domain: the host's half, the NIC's half, and the memory between. What changes its state or connection
 * holds the device's connection lock ({@link Device#ports}).
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
    private @Nullable PendingConnection pending;

    private QueuePairResource(final DomainResource domain, final CompletionQueueResource sendQueue,
        final CompletionQueueResource receiveQueue, final QueueLimits limits, final int number, final QueueBlocks blocks,
        final long onBoardBytes) {
        this.domain = domain;
        this.sendQueue = sendQueue;
        this.receiveQueue = receiveQueue;
        this.number = number;
        this.onBoardBytes = onBoardBytes;
        this.blocks = blocks;
        usage = new Usage("queue pair " + number);
        nic = new QueuePairContext(number, domain.number(), domain.context().privileged(), blocks, limits,
            sendQueue.writer(), receiveQueue.writer());
        host = new HostQueuePair(number, blocks, limits, domain.context().attach(nic));
    }

    /**
     * Creates a queue pair in INIT.
     *
     * @throws RnicException INVALID_ARGUMENT, DEVICE_LIMIT, CLOSED; nothing is left behind then
     */
    public static QueuePairResource create(final DomainResource domain, final CompletionQueueResource sendQueue,
        final CompletionQueueResource receiveQueue, final QueueLimits limits) {
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
        final Device device = domain.device();
        final int number = device.queuePairNumbers().take();
        final QueueBlocks blocks = QueueBlocks.allocate(device.sharedMemory(), limits);
        final long onBoardBytes = onBoardBytes(domain, blocks);
        try {
            device.onBoardMemory().charge(onBoardBytes, "a queue pair");
        } catch (final RnicException e) {
            blocks.release(device.sharedMemory());
            device.queuePairNumbers().giveBack(number);
            throw e;
        }
        final QueuePairResource created =
            new QueuePairResource(domain, sendQueue, receiveQueue, limits, number, blocks, onBoardBytes);
        created.register();
        return created;
    }

    private static void check(final String what, final int value, final int min, final int max) {
        if (value < min || value > max) {
            throw new RnicException(RnicError.INVALID_ARGUMENT,
                "queue pair with " + what + "=" + value + "; allowed: " + min + " to " + max);
        }
    }

    /**
     * What an endpoint costs on board (paper, §III-A). A user-level one needs, beside its context, a doorbell page and the
     * translations of its queues' pages; the kernel rings for its callers and posts from memory of its own.
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

    private void register() {
        try {
            domain.usage().add(this, usage.name());
            sendQueue.usage().add(this, usage.name());
            receiveQueue.usage().add(this, usage.name());
            domain.context().queuePairs().add(host);
        } catch (final RnicException e) {
            release();
            throw e;
        }
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

    /** Bytes that it takes on the NIC's board. */
    public long onBoardBytes() {
        return onBoardBytes;
    }

    /** Bytes of memory that it shares with the NIC on the host. */
    public long hostBytes() {
        return blocks.bytes();
    }

    /** Its state. */
    public QueuePairState state() {
        usage.checkOpen();
        return nic.state();
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

    /** Moves it to another state, as {@link io.rnic.verbs.QueuePair#modify} says. */
    public void modify(final QueuePairState target) {
        sendQueue.reader().checkNotInHandler();
        receiveQueue.reader().checkNotInHandler();
        synchronized (device().ports()) {
            usage.checkOpen();
            switch (target) {
                case ERROR -> {
                    withdraw();
                    if (!nic.move(QueuePairState.RESET, QueuePairState.ERROR)) {
                        engine().error(nic);
                    }
                }
                case RESET -> reset();
                case INIT -> step(QueuePairState.RESET, QueuePairState.INIT);
                case RTS -> throw new RnicException(RnicError.INVALID_STATE,
                    usage.name() + " cannot be modified to RTS: connect it, or accept a connection with it");
            }
        }
    }

    private void step(final QueuePairState expected, final QueuePairState target) {
        if (!nic.move(expected, target)) {
            throw new RnicException(RnicError.INVALID_STATE, usage.name() + " is in " + nic.state() + "; to " + target
                + " it comes from " + expected);
        }
    }

    private void reset() {
        withdraw();
        engine().error(nic);
        nic.move(QueuePairState.ERROR, QueuePairState.RESET);
        engine().awaitGracePeriod();
        sendQueue.reader().forget(number);
        receiveQueue.reader().forget(number);
        nic.forgetPositions();
        host.reset();
    }

    private void withdraw() {
        if (pending != null) {
            pending.withdraw();
            pending = null;
        }
    }

    /** Destroys it; a connected one is disconnected. */
    public void close() {
        sendQueue.reader().checkNotInHandler();
        receiveQueue.reader().checkNotInHandler();
        synchronized (device().ports()) {
            usage.close();
            withdraw();
            host.close();
            engine().error(nic);
            release();
        }
    }

    private void release() {
        nic.destroy();
        domain.context().queuePairs().remove(host);
        engine().awaitGracePeriod();
        sendQueue.reader().forget(number);
        receiveQueue.reader().forget(number);
        domain.context().detach(nic);
        blocks.release(device().sharedMemory());
        device().onBoardMemory().release(onBoardBytes);
        device().queuePairNumbers().giveBack(number);
        receiveQueue.usage().remove(this);
        sendQueue.usage().remove(this);
        domain.usage().remove(this);
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
