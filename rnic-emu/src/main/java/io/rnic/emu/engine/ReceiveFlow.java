package io.rnic.emu.engine;

import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.QueueShape;
import io.rnic.emu.queue.Words;
import org.jspecify.annotations.Nullable;

/**
 * How far the NIC has taken a receive queue. Its lock is held, on loopback, by a thread of the peer; on lines of its
 * own.
 */
public sealed class ReceiveFlow extends Flow permits SharedReceiveFlow {
    final int maxSges;

    /**
     * Whether what arrives is taken: the queue pair is connected, and neither in ERROR nor in RESET. Here, so that who
     * delivers looks at no line that the owner writes.
     */
    volatile boolean open;
    /** Set before the grace period that precedes the release of its memory: nobody may touch the queues any more. */
    volatile boolean destroyed;

    /**
     * Whether the last message that came alone could be left in its completion: then a train of others may be, too.
     * Plain: who looks without the lock takes it for a guess.
     */
    boolean carried;

    /** How many receives were posted when last looked. */
    long seen;
    /** The receive being filled: its next piece, and the bytes of it that are used. */
    int sge;
    int sgeUsed;
    /** The region that was written to last, and the one that was received into last. */
    @Nullable MemoryEntry written;
    @Nullable MemoryEntry target;

    ReceiveFlow(final QueuePairContext queuePair, final QueueBlocks blocks, final QueueLimits limits,
        final CompletionWriter completions) {
        this(queuePair, blocks, limits, completions, blocks.receive().address(), limits.maxReceiveSges());
    }

    ReceiveFlow(final QueuePairContext queuePair, final QueueBlocks blocks, final QueueLimits limits,
        final CompletionWriter completions, final long slots, final int maxSges) {
        super(queuePair, blocks, QueueShape.of(limits), completions, slots);
        this.maxSges = maxSges;
    }

    /** Where the slot of the next receive begins, after {@link #begin} or {@link #hasOwn}. */
    int slot() {
        return slotOf((int) taken);
    }

    /** Where the slot begins that the host knows by that number. */
    int slotOf(final int number) {
        return (number & shape.receiveMask()) * shape.receiveStride();
    }

    /** By what the host knows that slot. */
    long slotNumber() {
        return taken;
    }

    /** A message begins: whether a receive is there for it. */
    boolean begin() {
        return hasOwn();
    }

    /** The next receive is done. */
    void advance() {
        taken++;
    }

    /** Whether its receives are those of a shared queue. */
    boolean isShared() {
        return false;
    }

    /**
     * Whether a receive is there that is no other queue pair's; pairs with the host's store release. The count is in
     * memory that the host writes: one that promises more receives than there are slots is taken for none.
     */
    boolean hasOwn() {
        if (taken == seen) {
            final long posted = Words.getLongVolatile(page + DoorbellLayout.RECEIVE_COUNT);
            seen = Long.compareUnsigned(posted - taken, shape.receiveMask() + 1L) <= 0 ? posted : taken;
        }
        return taken != seen;
    }

    /** Begins with the first piece of the next receive. Looks first: on the way of a Send each store counts. */
    void rewind() {
        if ((sge | sgeUsed) != 0) {
            sge = 0;
            sgeUsed = 0;
        }
    }

    /** Whether short messages may well be left in completions, without asking more. The caller holds no lock of it. */
    boolean carriesMessages() {
        return carried && !isShared();
    }

    /** Sets {@link #carried}. Looks first, as {@link #rewind} does. */
    void noteCarried(final boolean isCarried) {
        if (carried != isCarried) {
            carried = isCarried;
        }
    }

    @Override
    void addTo(final Counters sum) {
        sum.add(seldom);
        sum.receives += untagged;
        sum.receiveBytes += untaggedBytes;
    }

    void forgetPositions() {
        taken = 0;
        seen = 0;
        sge = 0;
        sgeUsed = 0;
    }
}
