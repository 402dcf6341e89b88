package io.rnic.kernel;

import io.rnic.emu.connection.Ports;
import io.rnic.emu.host.Deadline;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.Kernel;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.AsyncEvent;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.DeviceAttributes;
import io.rnic.verbs.Listener;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The NIC as a process has it open through the kernel. */
final class KernelRnic implements Rnic {
    private final Calls calls;
    /** So that an event's object is the one that the application knows. */
    private final Map<Integer, KernelCompletionQueue> completionQueues = new ConcurrentHashMap<>();
    private final Map<Integer, KernelQueuePair> queuePairs = new ConcurrentHashMap<>();
    private final Map<Integer, KernelSharedReceiveQueue> sharedReceiveQueues = new ConcurrentHashMap<>();

    KernelRnic(final Kernel kernel) {
        calls = new Calls(kernel);
    }

    Calls calls() {
        return calls;
    }

    @Override
    public String frontEnd() {
        return "kernel";
    }

    @Override
    public DeviceAttributes attributes() {
        return calls.kernel().attributes();
    }

    @Override
    public ProtectionDomain allocateProtectionDomain() {
        return new KernelProtectionDomain(this, (int) calls.call(SystemCall.ALLOCATE_DOMAIN, calls.block()));
    }

    @Override
    public CompletionQueue createCompletionQueue(final int capacity) {
        return create(capacity, 0);
    }

    @Override
    public CompletionQueue createCompletionQueue(final int capacity, final CompletionChannel channel) {
        Objects.requireNonNull(channel, "channel");
        if (!(channel instanceof KernelCompletionChannel own) || own.rnic() != this) {
            throw foreign("completion channel");
        }
        return create(capacity, own.handle());
    }

    private CompletionQueue create(final int capacity, final int channel) {
        final ArgumentBlock block = calls.block().putInt(capacity).putInt(channel);
        final int handle = (int) calls.call(SystemCall.CREATE_COMPLETION_QUEUE, block);
        final int number = block.getInt();
        final KernelCompletionQueue queue = new KernelCompletionQueue(this, handle, number, block.getInt());
        completionQueues.put(number, queue);
        return queue;
    }

    @Nullable CompletionQueue completionQueue(final int number) {
        return completionQueues.get(number);
    }

    void forget(final KernelCompletionQueue queue) {
        completionQueues.remove(queue.number(), queue);
    }

    void add(final KernelQueuePair queuePair) {
        queuePairs.put(queuePair.number(), queuePair);
    }

    void forget(final KernelQueuePair queuePair) {
        queuePairs.remove(queuePair.number(), queuePair);
    }

    void add(final KernelSharedReceiveQueue queue) {
        sharedReceiveQueues.put(queue.number(), queue);
    }

    void forget(final KernelSharedReceiveQueue queue) {
        sharedReceiveQueues.remove(queue.number(), queue);
    }

    @Override
    public @Nullable AsyncEvent awaitAsyncEvent(final Duration timeout) throws InterruptedException {
        final Deadline deadline = new Deadline(Deadline.nanos(timeout));
        long lost = 0;
        while (true) {
            final ArgumentBlock block = calls.block().putLong(deadline.leftNs());
            if (calls.callWaiting(SystemCall.AWAIT_ASYNC_EVENT, block) == 0) {
                return null;
            }
            final AsyncEventType type = AsyncEventType.of(block.getInt());
            final AutoCloseable object = find(type, block.getInt());
            lost += block.getLong();
            if (object != null) { // else it was destroyed just now
                return new AsyncEvent(type, object, lost);
            }
        }
    }

    private @Nullable AutoCloseable find(final AsyncEventType type, final int number) {
        return switch (type) {
            case CQ_ERR -> completionQueues.get(number);
            case QP_FATAL, QP_REQ_ERR, QP_ACCESS_ERR, SQ_DRAINED, QP_LAST_WQE_REACHED, DISCONNECTED ->
                queuePairs.get(number);
            case SRQ_LIMIT_REACHED -> sharedReceiveQueues.get(number);
        };
    }

    @Override
    public CompletionChannel createCompletionChannel() {
        return new KernelCompletionChannel(this, (int) calls.call(SystemCall.CREATE_CHANNEL, calls.block()));
    }

    @Override
    public Listener listen(final InetSocketAddress local) {
        Objects.requireNonNull(local, "local");
        final ArgumentBlock block = putAddress(calls.block(), local);
        final int handle = (int) calls.call(SystemCall.LISTEN, block);
        return new KernelListener(this, handle, new InetSocketAddress(local.getAddress(), block.getInt()));
    }

    static ArgumentBlock putAddress(final ArgumentBlock block, final InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "address " + address + " is not resolved");
        }
        return block.putBytes(address.getAddress().getAddress()).putInt(address.getPort());
    }

    /** The kernel checks how long it is; what does not even fit a block never gets there. */
    static ArgumentBlock putPrivateData(final ArgumentBlock block, final byte[] privateData) {
        if (privateData.length > block.room() - Long.BYTES) {
            Ports.checkPrivateData(privateData);
        }
        return block.putBytes(privateData);
    }

    @Override
    public boolean onReclaim(final LongUnaryOperator giveBack) {
        return calls.kernel().onReclaim(giveBack);
    }

    @Override
    public Map<String, Long> counters() {
        return calls.kernel().counters();
    }

    @Override
    public void close() {
        calls.call(SystemCall.EXIT, calls.block());
    }

    static RnicException foreign(final String what) {
        return new RnicException(RnicError.INVALID_ARGUMENT, "the " + what + " belongs to another opened NIC");
    }

    @Override
    public String toString() {
        return attributes().device() + ", front end " + frontEnd();
    }
}
