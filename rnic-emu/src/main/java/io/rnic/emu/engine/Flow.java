package io.rnic.emu.engine;

import io.rnic.emu.host.BiasedLock;
import io.rnic.emu.queue.CompletionWriter;
import io.rnic.emu.queue.QueueBlocks;
import io.rnic.emu.queue.QueueShape;

/**
 * One side of a queue pair: how far the NIC has taken it, and what it has done. It is also the lock that covers that.
 * All that the usual way of a message needs stands here, so that it looks at nothing else of its queue pair: with many
 * of them each object more is a cache miss more. What every message changes comes first, beside the lock: a line that
 * is written goes back to memory too.
 */
abstract class Flow extends BiasedLock {
    /** Requests or receives taken. */
    long taken;
    /** Sends that are done, or messages that were received, and their bytes. */
    long untagged;
    long untaggedBytes;
    /** RDMA Writes that are done, and their bytes; here, so that they stand beside the others. */
    long writes;
    long writeBytes;

    final long slots;
    final long page;
    final int number;
    final boolean privileged;
    /** Whose side it is. */
    final QueuePairContext queuePair;
    final QueueShape shape;
    final CompletionWriter completions;
    /** What is seldom counted. */
    final Counters seldom = new Counters();

    Flow(final QueuePairContext queuePair, final QueueBlocks blocks, final QueueShape shape,
        final CompletionWriter completions, final long slots) {
        this.queuePair = queuePair;
        this.shape = shape;
        this.completions = completions;
        this.slots = slots;
        page = blocks.doorbell().address();
        number = queuePair.number;
        privileged = queuePair.privileged;
    }

    /** Adds what this side has done so far. */
    abstract void addTo(Counters sum);
}
