package io.rnic.emu.wire;

/**
 * What enhanced set-up frames have before the private data (RFC 6581 §9).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+---------------------------+-+-+---------------------------+
 *   |A|B|            IRD            |C|D|            ORD            |
 *   +-+-+---------------------------+-+-+---------------------------+
 * </pre>
 *
 * <p>With A the initiator sends a ready-to-receive message (RTR) before all others, of a kind that both sides can do.
 * Without it B, C and D mean nothing, and are false here.
 *
 * @param peerToPeer whether an RTR is asked for (A)
 * @param rtrSend    whether it may be a Send without bytes (B)
 * @param rtrWrite   whether it may be an RDMA Write without bytes (C)
 * @param rtrRead    whether it may be an RDMA Read without bytes (D)
 * @param ird        how many RDMA Reads the sender can answer at a time, or {@link #NOT_NEGOTIATED}
 * @param ord        how many it wants to have outstanding, or {@link #NOT_NEGOTIATED}
 */
public record EnhancedData(
        boolean peerToPeer, boolean rtrSend, boolean rtrWrite, boolean rtrRead, int ird, int ord) {
    /** The application agrees on the number itself. */
    public static final int NOT_NEGOTIATED = 0x3FFF;
    /** Its bytes. */
    public static final int LENGTH = 4;

    private static final int HIGH = 0x8000;
    private static final int LOW = 0x4000;

    /** Numbers of 14 bits; without peerToPeer no RTR. */
    public EnhancedData {
        if ((ird | ord) >>> 14 != 0) {
            throw new IllegalArgumentException("a depth beyond 14 bits: ird=" + ird + " ord=" + ord);
        }
        rtrSend &= peerToPeer;
        rtrWrite &= peerToPeer;
        rtrRead &= peerToPeer;
    }

    /** Depths alone: client and server. */
    public static EnhancedData ofDepths(final int ird, final int ord) {
        return new EnhancedData(false, false, false, false, ird, ord);
    }

    static EnhancedData ofWords(final int irdWord, final int ordWord) {
        return new EnhancedData((irdWord & HIGH) != 0, (irdWord & LOW) != 0, (ordWord & HIGH) != 0,
            (ordWord & LOW) != 0, irdWord & NOT_NEGOTIATED, ordWord & NOT_NEGOTIATED);
    }

    int irdWord() {
        return (peerToPeer ? HIGH : 0) | (rtrSend ? LOW : 0) | ird;
    }

    int ordWord() {
        return (rtrWrite ? HIGH : 0) | (rtrRead ? LOW : 0) | ord;
    }
}
