package io.rnic.emu;

import io.rnic.emu.engine.Counters;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.EventChannel;
import io.rnic.emu.queue.HostQueuePairs;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.emu.queue.UnplacedMessages;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What one opener has of a device. */
public final class DeviceContext {
    private static final AtomicInteger CHANNEL_NUMBERS = new AtomicInteger();

    private final Device device;
    private final boolean privileged;
    private final Usage usage;
    private final HostQueuePairs queuePairs;
    private final UnplacedMessages unplacedMessages = new UnplacedMessages();
    private final AsyncEvents asyncEvents;
    private final CounterGroup counters = new CounterGroup();

    /**
     * Opens a context.
     *
     * @param device     an open device, which this context closes
     * @param privileged whether the opener is the kernel, which posts bus addresses
     */
    public DeviceContext(final Device device, final boolean privileged) {
        this.device = device;
        this.privileged = privileged;
        usage = new Usage("rnic " + device.config().name());
        asyncEvents = new AsyncEvents(usage.name());
        queuePairs = new HostQueuePairs(device.queuePairNumbers().indexMask());
    }

    /** The device. */
    public Device device() {
        return device;
    }

    /** Allocates a protection domain. */
    public DomainResource allocateDomain() {
        usage.checkOpen();
        final int number = device.domainNumbers().take();
        final DomainResource domain = new DomainResource(this, number);
        add(domain, domain.usage().name(), () -> device.domainNumbers().giveBack(number));
        return domain;
    }

    /** Creates a completion channel. */
    public ChannelResource createChannel() {
        final int number = CHANNEL_NUMBERS.incrementAndGet();
        final ChannelResource channel = new ChannelResource(this, new EventChannel(number));
        add(channel, channel.usage().name(), () -> { });
        return channel;
    }

    /** Creates a completion queue. */
    public CompletionQueueResource createCompletionQueue(final int capacity, final @Nullable ChannelResource channel) {
        final int slots = CompletionQueueResource.slots(capacity);
        if (channel != null && channel.context() != this) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, channel.usage().name()
                + " belongs to another opened NIC");
        }
        usage.checkOpen();
        final int number = device.completionQueueNumbers().take();
        final SharedMemory.Block block;
        try {
            block = CompletionQueueResource.allocate(device, slots);
        } catch (final RnicException e) {
            device.completionQueueNumbers().giveBack(number);
            throw e;
        }
        final CompletionQueueResource queue = new CompletionQueueResource(this, number, slots, channel, block);
        add(queue, queue.usage().name(), queue::release);
        if (channel != null) {
            addOrElse(channel.usage(), queue, queue.usage().name(), queue::close);
        }
        return queue;
    }

    /** The asynchronous events of its objects. */
    public AsyncEvents asyncEvents() {
        return asyncEvents;
    }

    /** What the queue pairs of this context have done. */
    public Counters counters() {
        return counters.sum();
    }

    Doorbell attach(final QueuePairContext queuePair) {
        counters.add(queuePair);
        return device.attach(queuePair);
    }

    void detach(final QueuePairContext queuePair) {
        device.detach(queuePair);
        counters.remove(queuePair);
    }

    /** Listens on a local address. */
    public ListenerResource listen(final InetSocketAddress local) {
        usage.checkOpen();
        final ListenerResource listener = new ListenerResource(this, device.ports().listen(local));
        add(listener, listener.usage().name(), listener.listening()::close);
        return listener;
    }

    /**
     * Closes the context.
     *
     * @throws RnicException BUSY, CLOSED
     */
    public void close() {
        usage.close();
        asyncEvents.close();
        device.release();
    }

    /** Who uses it, and whether it is open. */
    public Usage usage() {
        return usage;
    }

    boolean privileged() {
        return privileged;
    }

    HostQueuePairs queuePairs() {
        return queuePairs;
    }

    UnplacedMessages unplacedMessages() {
        return unplacedMessages;
    }

    /** Notes a new object of this context; if the context was closed meanwhile, the object goes again. */
    private void add(final Object object, final String name, final Runnable undo) {
        addOrElse(usage, object, name, undo);
    }

    static void addOrElse(final Usage used, final Object user, final String name, final Runnable undo) {
        try {
            used.add(user, name);
        } catch (final RnicException e) {
            undo.run();
            throw e;
        }
    }
}
