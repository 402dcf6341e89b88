package io.rnic.emu;

import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.queue.CompletionLayout;
import io.rnic.emu.queue.CompletionReader;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionQueueAttributes;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import org.agrona.BitUtil;
import org.jspecify.annotations.Nullable;

/** A completion queue of a context: both halves and the memory between. */
public final class CompletionQueueResource {
    private final DeviceContext context;
    private final int number;
    private volatile int capacity;
    private final @Nullable ChannelResource channel;
    private SharedMemory.Block block;
    private final CompletionReader reader;
    private final CompletionWriter writer;
    private final Usage usage;

    CompletionQueueResource(
        final DeviceContext context, final int number, final int capacity, final @Nullable ChannelResource channel,
        final SharedMemory.Block block) {
        this.context = context;
        this.number = number;
        this.capacity = capacity;
        this.channel = channel;
        usage = new Usage("completion queue " + number);
        this.block = block;
        final FaultPlan faults = context.device().config().faults();
        reader = new CompletionReader(block, capacity, number, context.queuePairs(), faults.delay());
        writer = new CompletionWriter(block, capacity, number, channel == null ? null : channel.channel(),
            context.asyncEvents(), faults.overrun());
    }

    /** Allocates the memory of a completion queue and charges for its context, or neither. */
    static SharedMemory.Block allocate(final Device device, final int capacity) {
        final SharedMemory.Block block = allocateRing(device, capacity);
        try {
            device.onBoardMemory().charge(OnBoardMemory.COMPLETION_QUEUE_BYTES, "a completion queue");
        } catch (final RnicException e) {
            device.sharedMemory().release(block);
            throw e;
        }
        return block;
    }

    private static SharedMemory.Block allocateRing(final Device device, final int slots) {
        return device.sharedMemory()
            .allocate(CompletionLayout.ENTRIES + (long) slots * CompletionLayout.ENTRY_BYTES);
    }

    static int slots(final int capacity) {
        if (capacity < 1 || capacity > DeviceConfig.MAX_COMPLETIONS) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "completion queue of " + capacity
                + " completions; allowed: 1 to " + DeviceConfig.MAX_COMPLETIONS);
        }
        return BitUtil.findNextPositivePowerOfTwo(capacity);
    }

    /** Changes how many completions it holds, as {@link CompletionQueue#resize} says; one resize at a time. */
    public synchronized void resize(final int asked) {
        reader.checkNotInHandler();
        final int slots = slots(asked);
        usage.checkOpen();
        final Device device = context.device();
        final SharedMemory.Block target = allocateRing(device, slots);
        SharedMemory.Block unused = target;
        writer.claimWithin(slots);
        device.engine().awaitGracePeriod();
        try {
            final long unpolled = reader.moveTo(writer, target, slots, asked);
            if (unpolled > asked) {
                throw new RnicException(RnicError.INVALID_ARGUMENT, usage.name() + " cannot be resized to " + asked
                    + ": " + unpolled + " completions are unpolled; poll them first");
            }
            unused = block;
            block = target;
            capacity = slots;
        } finally {
            device.engine().awaitGracePeriod();
            writer.claimAll();
            device.sharedMemory().release(unused);
        }
    }

    /** How it stands. */
    public CompletionQueueAttributes query() {
        usage.checkOpen();
        return new CompletionQueueAttributes(
            number, capacity, reader.unpolled(), reader.isArmed(), reader.isOverrun());
    }

    /** Its number. */
    public int number() {
        return number;
    }

    /** How many completions it holds. */
    public int capacity() {
        return capacity;
    }

    /** The host's half. */
    public CompletionReader reader() {
        return reader;
    }

    CompletionWriter writer() {
        return writer;
    }

    DeviceContext context() {
        return context;
    }

    /**
     * Arms its channel.
     *
     * @param solicitedOnly whether for solicited completions alone
     * @throws RnicException INVALID_STATE without a channel, CLOSED
     */
    public void arm(final boolean solicitedOnly) {
        usage.checkOpen();
        if (channel == null) {
            throw new RnicException(RnicError.INVALID_STATE,
                usage.name() + " was created without a completion channel: it has nothing to notify");
        }
        reader.arm(solicitedOnly);
    }

    /** Destroys the queue; BUSY while queue pairs use it, or a handler does not return. */
    public synchronized void close() {
        reader.checkNotInHandler();
        usage.checkUnused(); // before anybody is waited for
        reader.close(usage::close);
        context.unplacedMessages().remove(reader);
        context.asyncEvents().forget(CompletionQueue.class, number);
        if (channel != null) {
            channel.channel().forget(number);
            channel.usage().remove(this);
        }
        context.usage().remove(this);
        release();
    }

    void release() {
        context.device().sharedMemory().release(block);
        context.device().onBoardMemory().release(OnBoardMemory.COMPLETION_QUEUE_BYTES);
        context.device().completionQueueNumbers().giveBack(number);
    }

    /** Who uses it, and whether it is open. */
    public Usage usage() {
        return usage;
    }
}
