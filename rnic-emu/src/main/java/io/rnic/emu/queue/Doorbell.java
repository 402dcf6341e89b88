package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import org.jspecify.annotations.Nullable;

/**
 * What ringing wakes. The counts are in the doorbell page already: with a NIC that has a thread of its own this queues
 * the queue pair for it, without one the caller does the NIC's work here.
 */
public interface Doorbell {
    /** What covers posting to the send queue, and {@link #ringSend}; null where that queue's own lock does. */
    @Nullable BiasedLock sendLock();

    /**
     * A Send is about to be posted, by who holds the lock: a NIC that works in the calling thread may already ask for
     * the line that its completion goes to. Nothing is wrong if it is not posted after all.
     */
    default void expectSend() {
    }

    /**
     * There is something new in the send queue.
     *
     * @return whether {@link #settle} is to be called when the lock is free again
     */
    boolean ringSend();

    /** Does what the work on the send queue has left for when no lock is held. */
    void settle();

    /** There is a new receive that must be flushed: the queue pair is in ERROR. */
    void ringReceiveInError();

    /** A message that was left in a completion could not be placed: the connection is to end. */
    default void ringUnplaced(final int slotNumber) {
    }
}
