package io.rnic.emu.engine;

import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.emu.queue.SharedReceiveLayout;

/**
 * The receive side of a queue pair that takes its receives from a shared queue: it has one at a time, while a message
 * is being placed, and what it does not have stays for the others.
 */
final class SharedReceiveFlow extends ReceiveFlow {
    private final SharedReceives shared;
    /** The slot of the receive that it has. */
    private int current = SharedReceives.NONE;

    SharedReceiveFlow(final QueuePairContext queuePair, final QueueBlocks blocks, final QueueLimits limits,
        final CompletionWriter completions, final SharedReceives shared) {
        super(queuePair, blocks, limits, completions, shared.words, shared.maxSges);
        this.shared = shared;
    }

    @Override
    int slot() {
        return SharedReceiveLayout.slot(current, shared.slots, maxSges);
    }

    @Override
    long slotNumber() {
        return current;
    }

    @Override
    boolean begin() {
        if (current == SharedReceives.NONE) {
            current = shared.take();
        }
        return current != SharedReceives.NONE;
    }

    @Override
    boolean hasOwn() {
        return current != SharedReceives.NONE;
    }

    @Override
    void advance() {
        current = SharedReceives.NONE;
    }

    @Override
    boolean isShared() {
        return true;
    }

    /** Gives up the receive that it has; its slot, {@link SharedReceives#NONE} if it has none. */
    int abandon() {
        final int abandoned = current;
        current = SharedReceives.NONE;
        return abandoned;
    }
}
