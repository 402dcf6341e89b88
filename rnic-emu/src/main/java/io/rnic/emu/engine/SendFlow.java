package io.rnic.emu.engine;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.DoorbellLayout;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SendSlotLayout;
import java.lang.foreign.MemorySegment;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** How far the NIC has taken a send queue. Belongs to who holds {@link #lock}; on lines of its own. */
final class SendFlow extends Counters {
    final BiasedLock lock = new BiasedLock();
    final CompletionWriter completions;
    final MemorySegment segment;
    final UnsafeBuffer slots;

    /** Requests taken, and how many were posted when last looked. */
    long taken;
    long seen;
    /** Who worked on it last: the next one is often the same. */
    @Nullable EngineThread recent;

    private final UnsafeBuffer page;
    private final int mask;
    private final int stride;

    SendFlow(final QueueBlocks blocks, final QueueLimits limits, final CompletionWriter completions) {
        this.completions = completions;
        segment = blocks.send().segment();
        slots = blocks.send().buffer();
        page = blocks.doorbell().buffer();
        mask = QueueBlocks.slots(limits.maxSendRequests()) - 1;
        stride = SendSlotLayout.stride(limits.maxSendSges(), limits.maxInlineBytes());
    }

    /** Where the slot of the next request begins. */
    int slot() {
        return ((int) taken & mask) * stride;
    }

    /** Looks what is posted; pairs with the host's store release. */
    void look() {
        seen = page.getLongVolatile(DoorbellLayout.SEND_COUNT);
    }

    void forgetPositions() {
        taken = 0;
        seen = 0;
    }
}
