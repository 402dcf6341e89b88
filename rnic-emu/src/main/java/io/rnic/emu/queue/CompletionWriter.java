package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The NIC's half of a completion queue. Several queue pairs may report here from several threads; the lock is free
 * while it is one thread.
 */
public final class CompletionWriter {
    private final UnsafeBuffer buffer;
    private final int mask;
    private final int shift;
    private final int number;
    private final @Nullable EventChannel channel;
    private final BiasedLock lock = new BiasedLock();
    private long position;
    private long consumed;
    private boolean overrun;

    /**
     * Creates the NIC's half.
     *
     * @param block   {@link CompletionLayout} with {@code slots} entries, a power of two
     * @param slots   how many completions it holds
     * @param number  the completion queue's number, which its events bear
     * @param channel where its events go, if anywhere
     */
    public CompletionWriter(
        final SharedMemory.Block block, final int slots, final int number, final @Nullable EventChannel channel) {
        buffer = block.buffer();
        mask = slots - 1;
        shift = Integer.numberOfTrailingZeros(slots);
        this.number = number;
        this.channel = channel;
    }

    /**
     * Reports that a request is done.
     *
     * @return false if the queue is full: the completion is lost and the queue unusable
     */
    public boolean push(final CompletionOpcode opcode, final CompletionStatus status, final int byteLength,
        final int queuePairNumber, final int slotNumber, final int vendorError) {
        lock.lock();
        try {
            if (overrun || isFull()) {
                setOverrun();
                return false;
            }
            final int entry = CompletionLayout.entry(position, mask);
            buffer.putLong(entry + CompletionLayout.SOURCE,
                (slotNumber & 0xFFFF_FFFFL) | ((long) queuePairNumber << 32));
            buffer.putLong(entry + CompletionLayout.VENDOR, vendorError & 0xFFFF_FFFFL);
            final long control = CompletionLayout.control(byteLength, status.code(), opcode.code());
            // Release: the entry and the message's bytes come before it. Pairs with the reader's load acquire.
            buffer.putLongRelease(entry + CompletionLayout.CONTROL,
                control | CompletionLayout.phase(position, shift));
            position++;
        } finally {
            lock.unlock();
        }
        notifyIfArmed();
        return true;
    }

    private boolean isFull() {
        if (position - consumed <= mask) {
            return false;
        }
        consumed = buffer.getLongVolatile(CompletionLayout.CONSUMED);
        return position - consumed > mask;
    }

    private void setOverrun() {
        overrun = true;
        buffer.putIntVolatile(CompletionLayout.OVERRUN, 1);
    }

    /**
     * Whoever arms runs a barrier over all threads, so the processor needs no fence between the entry's store and this
     * load; the one here keeps the compiler from changing their order.
     */
    private void notifyIfArmed() {
        VarHandle.acquireFence();
        if (channel != null && buffer.getIntVolatile(CompletionLayout.ARMED) != 0
            && buffer.compareAndSetInt(CompletionLayout.ARMED, 1, 0)) {
            channel.post(number);
        }
    }
}
