package io.rnic.emu.queue;

/**
 * The doorbell page of one queue pair: {@value #BYTES} bytes. Each count is on a line of its own, because each has
 * another writer, and beside it is the state, which seldom changes: who posts looks at no other line, but where it
 * rings for a NIC with a thread of its own.
 *
 * <pre>
 *   offset  bytes  field           written by  read by
 *        0      8  SEND_COUNT      host        NIC    send requests posted since creation
 *        8      4  STATE           NIC         both   code of QueuePairState
 *       64      4  SCHEDULED       both        both   1: a NIC with a thread of its own knows that there is work
 *      128      8  RECEIVE_COUNT   host        NIC    receives posted since creation
 *      136      4  RECEIVE_STATE   NIC         host   the same state, for who posts receives
 * </pre>
 */
public final class DoorbellLayout {
    /** Send requests posted since creation; store release after the slot, load acquire before it. */
    public static final int SEND_COUNT = 0;
    /** The code of the queue pair's state. */
    public static final int STATE = 8;
    /** Whether the queue pair is in the doorbell FIFO or being worked on by the NIC's thread. */
    public static final int SCHEDULED = 64;
    /** Receives posted since creation; store release after the slot, load acquire before it. */
    public static final int RECEIVE_COUNT = 128;
    /** The code of the state, beside the count of receives: what it says is never older than {@link #STATE}. */
    public static final int RECEIVE_STATE = 136;
    /** The page's length. */
    public static final int BYTES = 192;

    private DoorbellLayout() {
    }

    /** Changes the state; one thread at a time does. */
    public static void state(final long page, final int code) {
        Words.putIntVolatile(page + RECEIVE_STATE, code);
        Words.putIntVolatile(page + STATE, code);
    }
}
