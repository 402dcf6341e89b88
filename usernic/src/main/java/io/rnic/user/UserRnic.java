package io.rnic.user;

import io.rnic.emu.ChannelResource;
import io.rnic.emu.DeviceContext;
import io.rnic.emu.host.Deadline;
import io.rnic.emu.queue.AsyncEvents;
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
import org.jspecify.annotations.Nullable;

/** The NIC as a user-level process has it open. */
final class UserRnic implements Rnic {
    private final DeviceContext context;
    /** So that an event's object is the one that the application knows. */
    private final Map<Integer, UserCompletionQueue> completionQueues = new ConcurrentHashMap<>();
    private final Map<Integer, UserQueuePair> queuePairs = new ConcurrentHashMap<>();
    private final Map<Integer, UserSharedReceiveQueue> sharedReceiveQueues = new ConcurrentHashMap<>();

    UserRnic(final DeviceContext context) {
        this.context = context;
    }

    /** The control path goes through the operating system here too (paper, §III). */
    void cross() {
        context.device().crossing().cross();
    }

    DeviceContext context() {
        return context;
    }

    @Override
    public String frontEnd() {
        return "user";
    }

    @Override
    public DeviceAttributes attributes() {
        return context.device().attributes();
    }

    @Override
    public ProtectionDomain allocateProtectionDomain() {
        cross();
        return new UserProtectionDomain(this, context.allocateDomain());
    }

    @Override
    public CompletionQueue createCompletionQueue(final int capacity) {
        return create(capacity, null);
    }

    @Override
    public CompletionQueue createCompletionQueue(final int capacity, final CompletionChannel channel) {
        if (!(Objects.requireNonNull(channel, "channel") instanceof UserCompletionChannel own) || own.rnic() != this) {
            throw foreign("completion channel");
        }
        return create(capacity, own.resource());
    }

    private CompletionQueue create(final int capacity, final @Nullable ChannelResource channel) {
        cross();
        final UserCompletionQueue queue =
            new UserCompletionQueue(this, context.createCompletionQueue(capacity, channel));
        completionQueues.put(queue.resource().number(), queue);
        return queue;
    }

    @Nullable CompletionQueue completionQueue(final int number) {
        return completionQueues.get(number);
    }

    void forget(final UserCompletionQueue queue) {
        completionQueues.remove(queue.resource().number(), queue);
    }

    void add(final UserQueuePair queuePair) {
        queuePairs.put(queuePair.number(), queuePair);
    }

    void forget(final UserQueuePair queuePair) {
        queuePairs.remove(queuePair.number(), queuePair);
    }

    void add(final UserSharedReceiveQueue queue) {
        sharedReceiveQueues.put(queue.number(), queue);
    }

    void forget(final UserSharedReceiveQueue queue) {
        sharedReceiveQueues.remove(queue.number(), queue);
    }

    @Override
    public @Nullable AsyncEvent awaitAsyncEvent(final Duration timeout) throws InterruptedException {
        cross();
        final Deadline deadline = new Deadline(Deadline.nanos(timeout));
        long lost = 0;
        while (true) {
            final AsyncEvents.Event event = context.asyncEvents().await(deadline.leftNs());
            if (event == null) {
                return null;
            }
            lost += event.lost();
            final AutoCloseable object = find(event.type(), event.number());
            if (object != null) { // else it was destroyed just now
                return new AsyncEvent(event.type(), object, lost);
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
        cross();
        return new UserCompletionChannel(this, context.createChannel());
    }

    @Override
    public Listener listen(final InetSocketAddress local) {
        Objects.requireNonNull(local, "local");
        cross();
        return new UserListener(this, context.listen(local));
    }

    @Override
    public Map<String, Long> counters() {
        return context.device().counters();
    }

    @Override
    public void close() {
        cross();
        context.close();
    }

    static RnicException foreign(final String what) {
        return new RnicException(RnicError.INVALID_ARGUMENT, "the " + what + " belongs to another opened NIC");
    }

    @Override
    public String toString() {
        return attributes().device() + ", front end " + frontEnd();
    }
}
