package io.rnic.emu.engine;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.ReceiveSlotLayout;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * How far the NIC has taken a receive queue. Belongs to who holds {@link #lock}, on loopback a thread of the peer; on
 * lines of its own.
 */
final class ReceiveFlow extends Counters {
    final BiasedLock lock = new BiasedLock();
    final CompletionWriter completions;
    final UnsafeBuffer slots;
    final int maxSges;

    /** Receives taken, and how many were posted when last looked. */
    long taken;
    long seen;
    /** The receive being filled: its next piece, and the bytes of it that are used. */
    int sge;
    int sgeUsed;

    private final UnsafeBuffer page;
    private final int mask;
    private final int stride;

    ReceiveFlow(final QueueBlocks blocks, final QueueLimits limits, final CompletionWriter completions) {
        this.completions = completions;
        slots = blocks.receive().buffer();
        page = blocks.doorbell().buffer();
        maxSges = limits.maxReceiveSges();
        mask = QueueBlocks.slots(limits.maxReceiveRequests()) - 1;
        stride = ReceiveSlotLayout.stride(limits.maxReceiveSges());
    }

    /** Where the slot of the next receive begins. */
    int slot() {
        return ((int) taken & mask) * stride;
    }

    /** Whether a receive is there to be taken; pairs with the host's store release. */
    boolean hasNext() {
        if (taken == seen) {
            seen = page.getLongVolatile(DoorbellLayout.RECEIVE_COUNT);
        }
        return taken != seen;
    }

    void forgetPositions() {
        taken = 0;
        seen = 0;
        sge = 0;
        sgeUsed = 0;
    }
}
