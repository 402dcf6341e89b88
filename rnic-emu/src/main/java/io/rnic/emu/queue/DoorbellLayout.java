package io.rnic.emu.queue;

/**
 * The doorbell page of one queue pair: {@value #BYTES} bytes, each field on lines of its own because each has another
 * writer or another reader.
 *
 * <pre>
 *   offset  bytes  field           written by  read by
 *        0      8  SEND_COUNT      host        NIC    send requests posted since creation
 *      128      8  RECEIVE_COUNT   host        NIC    receives posted since creation
 *      256      4  STATE           NIC         host   code of QueuePairState
 *      320      4  SCHEDULED       both        both   1: a NIC with a thread of its own knows that there is work
 * </pre>
 */
public final class DoorbellLayout {
    /** Send requests posted since creation; store release after the slot, load acquire before it. */
    public static final int SEND_COUNT = 0;
    /** Receives posted since creation; store release after the slot, load acquire before it. */
    public static final int RECEIVE_COUNT = 128;
    /** The code of the queue pair's state. */
    public static final int STATE = 256;
    /** Whether the queue pair is in the doorbell FIFO or being worked on by the NIC's thread. */
    public static final int SCHEDULED = 320;
    /** The page's length. */
    public static final int BYTES = 384;

    private DoorbellLayout() {
    }
}
