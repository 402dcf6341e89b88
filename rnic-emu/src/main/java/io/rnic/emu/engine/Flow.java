package io.rnic.emu.engine;

/**
 * One side of a queue pair: how far the NIC has taken it, and what it has done. All that the usual way of a message
 * needs stands here, so that it looks at nothing else of its queue pair: with many of them each object more is a cache
 * miss more.
 */
abstract class Flow extends Counters {
    /** Whose side it is. */
    final QueuePairContext queuePair;
    final int number;
    final boolean privileged;

    Flow(final QueuePairContext queuePair) {
        this.queuePair = queuePair;
        number = queuePair.number;
        privileged = queuePair.privileged;
    }
}
