package io.rnic.emu.queue;

import org.agrona.BitUtil;

/**
 * A shared receive queue: counts, then the order in which receives were posted, then their slots. A slot is free as
 * soon as its own completion is polled, whatever became of those posted before it, so order and place are two things.
 *
 * <pre>
 *   offset   bytes  field     written by  read by
 *        0       8  POSTED    host        NIC     receives posted since creation
 *      128       8  TAKEN     NIC         host    receives taken since creation, for queries
 *      256     n*4  ORDER     host        NIC     ring: the slot of the receive with that number
 *   256+n*4    n*s  slots     host        NIC     {@link ReceiveSlotLayout}, from the next multiple of 64 on
 * </pre>
 */
public final class SharedReceiveLayout {
    /** Receives posted; store release after the slot and the order, load acquire before them. */
    public static final int POSTED = 0;
    /** Receives taken. */
    public static final int TAKEN = 128;
    /** Where the ring begins that says in which slot each receive is. */
    public static final int ORDER = 256;

    private SharedReceiveLayout() {
    }

    /** Slots of a queue for that many receives: the next power of two. */
    public static int slots(final int requests) {
        return BitUtil.findNextPositivePowerOfTwo(requests);
    }

    /** Where in the ring the receive of that number has its slot. */
    public static int order(final long number, final int slots) {
        return ORDER + ((int) number & (slots - 1)) * Integer.BYTES;
    }

    /** Where a slot begins. */
    public static int slot(final int index, final int slots, final int maxSges) {
        return BitUtil.align(ORDER + slots * Integer.BYTES, 64) + index * ReceiveSlotLayout.stride(maxSges);
    }

    /** The length of the whole. */
    public static long bytes(final int requests, final int maxSges) {
        final int slots = slots(requests);
        return slot(0, slots, maxSges) + (long) slots * ReceiveSlotLayout.stride(maxSges);
    }
}
