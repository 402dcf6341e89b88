package io.rnic.emu;

import io.rnic.emu.connection.Endpoint;
import io.rnic.emu.connection.PendingConnection;
import io.rnic.emu.engine.Engine;
import io.rnic.emu.engine.Fault;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.queue.HostQueuePair;
import io.rnic.emu.queue.IdlePolls;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairAttributes;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A queue pair of a domain: the host's half, the NIC's half, and the memory between. What changes its state or
 * connection holds the device's connection lock ({@link Device#ports}).
 */
public final class QueuePairResource implements Endpoint {
    private final DomainResource domain;
    private final CompletionQueueResource sendQueue;
    private final CompletionQueueResource receiveQueue;
    private final @Nullable SharedReceiveQueueResource sharedQueue;
    private final QueueLimits limits;
    private final int access;
    private final ReadLimits reads;
    private final int number;
    private final long onBoardBytes;
    private final QueueBlocks blocks;
    private final QueuePairContext nic;
    private final HostQueuePair host;
    private final Usage usage;
    private final Object control = new Object();
    /** Whether a close or a reset has begun that a handler kept from its end: it goes on when it is asked for again. */
    private boolean isClosing;
    private boolean isResetting;
    private @Nullable PendingConnection pending;

    private QueuePairResource(final DomainResource domain, final CompletionQueueResource sendQueue,
        final CompletionQueueResource receiveQueue, final @Nullable SharedReceiveQueueResource sharedQueue,
        final QueueLimits limits, final int access, final ReadLimits reads, final int number,
        final QueueBlocks blocks, final long onBoardBytes) {
        this.domain = domain;
        this.sendQueue = sendQueue;
        this.receiveQueue = receiveQueue;
        this.sharedQueue = sharedQueue;
        this.limits = limits;
        this.access = access;
        this.reads = reads;
        this.number = number;
        this.onBoardBytes = onBoardBytes;
        this.blocks = blocks;
        usage = new Usage("queue pair " + number);
        nic = new QueuePairContext(domain.device().engine(), number, domain.number(), access,
            domain.context().privileged(), blocks, limits, sendQueue.writer(), receiveQueue.writer(),
            domain.context().asyncEvents(), sharedQueue == null ? null : sharedQueue.nic());
        nic.reads(reads);
        host = new HostQueuePair(number, blocks, limits, domain.context().attach(nic),
            () -> domain.context().unplacedMessages().add(receiveQueue.reader()),
            sharedQueue == null ? null : sharedQueue.host());
    }

    /**
     * Creates a queue pair in INIT.
     *
     * @param shared where its receives come from, null for a queue of its own
     * @param access bits of {@link io.rnic.verbs.Access}: what the peer may do through it at most
     * @param reads  how many RDMA Reads and atomics may be under way at most
     * @throws RnicException INVALID_ARGUMENT, DEVICE_LIMIT, CLOSED; nothing is left behind then
     */
    public static QueuePairResource create(final DomainResource domain, final CompletionQueueResource sendQueue,
        final CompletionQueueResource receiveQueue, final @Nullable SharedReceiveQueueResource shared,
        final QueueLimits asked, final int access, final ReadLimits reads) {
        final QueueLimits limits = shared == null ? asked : asked.withoutReceives();
        check(limits, shared == null ? 1 : 0);
        check("ord", reads.ord(), 0, DeviceConfig.MAX_READS);
        check("ird", reads.ird(), 0, DeviceConfig.MAX_READS);
        if (sendQueue.context() != domain.context() || receiveQueue.context() != domain.context()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT,
                "the completion queues of a queue pair must be of the same opened NIC as its protection domain");
        }
        if (shared != null && shared.domain() != domain) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, shared.usage().name() + " is of "
                + shared.domain().usage().name() + ", the queue pair would be of " + domain.usage().name()
                + "; they must be of the same");
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
            final QueuePairResource created = new QueuePairResource(
                domain, sendQueue, receiveQueue, shared, limits, access, reads, number, blocks, onBoardBytes);
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

    private static void check(final QueueLimits limits, final int minReceives) {
        check("maxSendRequests", limits.maxSendRequests(), 1, DeviceConfig.MAX_REQUESTS);
        check("maxReceiveRequests", limits.maxReceiveRequests(), minReceives, DeviceConfig.MAX_REQUESTS);
        check("maxSendSges", limits.maxSendSges(), 1, DeviceConfig.MAX_SGES);
        check("maxReceiveSges", limits.maxReceiveSges(), 1, DeviceConfig.MAX_SGES);
        check("maxInlineBytes", limits.maxInlineBytes(), 0, DeviceConfig.MAX_INLINE_BYTES);
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
            if (sharedQueue != null) {
                sharedQueue.usage().add(this, usage.name());
            }
            domain.context().queuePairs().add(host);
        } catch (final RnicException e) {
            domain.context().detach(nic);
            device().onBoardMemory().release(onBoardBytes);
            removeUses();
            throw e;
        }
    }

    private void removeUses() {
        if (sharedQueue != null) {
            sharedQueue.usage().remove(this);
        }
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

    /** What it is and how it stands. */
    public QueuePairAttributes query() {
        usage.checkOpen();
        final ReadLimits now = nic.reads();
        return new QueuePairAttributes(number, nic.state(), nic.peerNumber(), limits.maxSendRequests(),
            limits.maxReceiveRequests(), limits.maxSendSges(), limits.maxReceiveSges(), limits.maxInlineBytes(),
            limits.signalAll(), limits.maxSendRequests() - host.sendSpace(),
            limits.maxReceiveRequests() - host.receiveSpace(), now.ord(), now.ird(),
            Access.of(access));
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
    public List<IdlePolls> idlePolls() {
        return domain.device().config().threading() == DeviceConfig.Threading.DEDICATED ? List.of()
            : Stream.of(sendQueue, receiveQueue).distinct().map(queue -> queue.reader().idlePolls()).toList();
    }

    @Override
    public void checkConnectable() {
        usage.checkOpen();
        if (nic.state() != QueuePairState.INIT || isConnecting()) {
            throw new RnicException(RnicError.INVALID_STATE, usage.name() + " is "
                + (nic.state() == QueuePairState.INIT ? "waiting for another connection" : "in " + nic.state())
                + "; connecting is allowed in INIT (from ERROR: modify to RESET, then INIT)");
        }
    }

    private boolean isConnecting() {
        return pending != null && pending.isPending();
    }

    /** Ends the connection. */
    public void disconnect() {
        synchronized (device().ports()) {
            usage.checkOpen();
            if (nic.state() != QueuePairState.RTS && nic.state() != QueuePairState.SQD) {
                throw new RnicException(RnicError.INVALID_STATE,
                    usage.name() + " is in " + nic.state() + "; disconnecting is allowed in RTS and SQD");
            }
            engine().error(nic);
        }
    }

    /**
     * Moves it to another state, as {@link io.rnic.verbs.QueuePair#modify} says. One at a time; the connection lock is
     * held only while the connection changes, because the rest waits for handlers.
     */
    public void modify(final QueuePairState target) {
        modify(QueuePairChange.to(target));
    }

    /** Changes several things, or nothing, as {@link io.rnic.verbs.QueuePair#modify(QueuePairChange)} says. */
    public void modify(final QueuePairChange change) {
        checkNotInHandler();
        final QueuePairState target = change.state();
        synchronized (control) {
            final ReadLimits before = change.changesReads() ? changeReads(change) : null;
            try {
                if (target != null) {
                    moveTo(target);
                } else if (before == null) {
                    throw new RnicException(RnicError.INVALID_ARGUMENT, "nothing to change of " + usage.name());
                }
            } catch (final RnicException e) {
                if (before != null) {
                    nic.reads(before);
                }
                throw e;
            }
        }
    }

    /** Sets how many Reads may be under way if that is allowed; returns what was before. */
    private ReadLimits changeReads(final QueuePairChange change) {
        synchronized (device().ports()) {
            usage.checkOpen();
            final QueuePairState state = nic.state();
            final boolean leaves = change.state() == QueuePairState.RESET || change.state() == QueuePairState.ERROR;
            if ((state != QueuePairState.INIT && state != QueuePairState.SQD) || leaves || isConnecting()) {
                throw new RnicException(RnicError.INVALID_STATE, usage.name() + " is in " + state
                    + "; ord and ird are changed in INIT, while no connection is asked for, and in SQD,"
                    + " not together with a step to RESET or ERROR");
            }
            final ReadLimits before = nic.reads();
            final ReadLimits most = state == QueuePairState.SQD ? nic.agreedReads()
                : new ReadLimits(DeviceConfig.MAX_READS, DeviceConfig.MAX_READS);
            final int ord = change.ord() == QueuePairChange.UNCHANGED ? before.ord() : change.ord();
            final int ird = change.ird() == QueuePairChange.UNCHANGED ? before.ird() : change.ird();
            check("ord", ord, 0, most.ord());
            check("ird", ird, 0, most.ird());
            nic.reads(new ReadLimits(ord, ird));
            return before;
        }
    }

    private void moveTo(final QueuePairState target) {
        if (isResetting && target != QueuePairState.RESET) {
            throw new RnicException(RnicError.INVALID_STATE,
                usage.name() + " is not reset yet: a completion handler did not return; modify it to RESET again");
        }
        switch (target) {
            case ERROR -> error();
            case RESET -> reset();
            case INIT -> step(QueuePairState.RESET, QueuePairState.INIT);
            case SQD -> {
                step(QueuePairState.RTS, QueuePairState.SQD);
                engine().drained(nic);
            }
            case RTS -> resume();
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
            nic.move(QueuePairState.RESET, QueuePairState.ERROR);
            engine().error(nic);
        }
    }

    private void step(final QueuePairState expected, final QueuePairState target) {
        usage.checkOpen();
        if (!nic.move(expected, target)) {
            throw new RnicException(RnicError.INVALID_STATE, usage.name() + " is in " + nic.state() + "; to " + target
                + " it comes from " + expected);
        }
    }

    private void resume() {
        usage.checkOpen();
        if (!nic.move(QueuePairState.SQD, QueuePairState.RTS)) {
            throw new RnicException(RnicError.INVALID_STATE, usage.name() + " is in " + nic.state()
                + "; to RTS it is modified from SQD only: connect it, or accept a connection with it");
        }
        engine().process(nic);
    }

    private void reset() {
        usage.checkOpen();
        awaitHandlers();
        isResetting = true;
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
        abandonReceive();
        engine().forget(nic, host::reset);
        nic.reads(reads);
        isResetting = false;
    }

    /** A shared receive that a message was being placed into is free for others. */
    private void abandonReceive() {
        final int slot = nic.abandonReceive();
        if (slot >= 0) {
            host.abandonReceive(slot);
        }
    }

    private void withdraw() {
        if (pending != null) {
            pending.withdraw();
            pending = null;
        }
    }

    /** Before anything has begun: what follows seldom meets a handler that does not return. */
    private void awaitHandlers() {
        sendQueue.reader().awaitHandler();
        receiveQueue.reader().awaitHandler();
    }

    /**
     * Destroys it; a connected one is disconnected.
     *
     * @throws RnicException BUSY if a handler of its completion queues does not return; it can be closed again then
     */
    public void close() {
        checkNotInHandler();
        synchronized (control) {
            if (!isClosing) {
                usage.checkUnused();
                awaitHandlers();
                synchronized (device().ports()) {
                    usage.close();
                    withdraw();
                }
                isClosing = true;
                host.close();
                engine().destroy(nic);
            }
            // While it is found, a region that is deregistered finds its messages.
            sendQueue.reader().forget(number);
            receiveQueue.reader().forget(number);
            abandonReceive();
            domain.context().queuePairs().remove(host);
            domain.context().detach(nic);
            domain.context().asyncEvents().forget(QueuePair.class, number);
            blocks.release(device().sharedMemory());
            device().onBoardMemory().release(onBoardBytes);
            device().queuePairNumbers().giveBack(number);
            removeUses();
            isClosing = false;
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

    /** As {@link QueuePairContext#hashCode}. */
    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return usage.name();
    }
}
