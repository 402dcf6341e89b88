package io.rnic.emu.queue;

import io.rnic.emu.host.BiasedLock;
import org.jspecify.annotations.Nullable;

/**
 * What ringing wakes. The counts are in the doorbell page already: with a NIC that has a thread of its own this queues
 * the queue pair for it, without one the caller does the NIC's work here.
 */
public interface Doorbell {
    /**
     * The NIC does not take a request that was pushed: nothing is counted or completed, and it is to come by its slot.
     * Of a Write whose memory went in the middle some bytes may be placed; they are placed again.
     */
    int REFUSED = 0;
    /** A request that was pushed is done. */
    int DONE = 1;
    /** So it is, and {@link #settle} is to be called when the lock is free again. */
    int UNSETTLED = 2;

    /** What covers posting to the send queue, and all rings for it; null where that queue's own lock does. */
    @Nullable BiasedLock sendLock();

    /**
     * A Send is about to be posted, by who holds the lock: a NIC that works in the calling thread may already ask for
     * the line that its completion goes to. Nothing is wrong if it is not posted after all.
     */
    default void expectSend() {
    }

    /** Whether short Sends may well be left in completions: else it is in vain to {@link #push} one. */
    default boolean carriesSends() {
        return false;
    }

    /**
     * A Send or Write of one piece, given to the NIC with the ring itself, so that neither side touches its slot (on
     * hardware: a request that is written to the doorbell page whole). A NIC that works in the calling thread may take
     * it, if nothing waits before it. The caller has counted it as posted, and takes that back if it is refused.
     *
     * @param number  how many were posted before it
     * @param control as {@link SendSlotLayout#CONTROL}; not of length 0
     * @param address of the piece
     * @param lkey    of the piece
     * @param remoteAddress of a Write
     * @param rkey    of a Write
     * @return {@link #REFUSED}, {@link #DONE} or {@link #UNSETTLED}
     */
    default int push(final long number, final long control, final long address, final int lkey,
        final long remoteAddress, final int rkey) {
        return REFUSED;
    }

    /**
     * The same for Writes that lie one behind the other, as {@link PlainRequestLayout} says. When one was taken, {@link
     * #settle} is to be called when the lock is free again.
     *
     * @param number   how many were posted before the first
     * @param requests the address of the first
     * @return how many were taken, from the first on
     */
    default int push(final long number, final long requests, final int count) {
        return 0;
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
