package io.rnic.emu.queue;

/**
 * A request of one piece, Send, Write or Read, whole in memory: lists of them are posted so, one behind the other.
 *
 * <pre>
 *   offset  bytes  field
 *        0      8  WR_ID   the application's number
 *        8     48  SLOT    as it goes into the send queue ({@link SendSlotLayout}): one piece, no data inline
 * </pre>
 */
public final class PlainRequestLayout {
    /** The application's number. */
    public static final int WR_ID = 0;
    private static final int SLOT = 8;

    /** Opcode, flags and length. */
    public static final int CONTROL = SLOT + SendSlotLayout.CONTROL;
    /** The peer's address. */
    public static final int REMOTE_ADDRESS = SLOT + SendSlotLayout.REMOTE_ADDRESS;
    /** The peer's key. */
    public static final int RKEY = SLOT + SendSlotLayout.RKEY;
    /** The piece. */
    public static final int ADDRESS = SLOT + SendSlotLayout.PAYLOAD + SgeLayout.ADDRESS;
    private static final int EXTENT = ADDRESS + SgeLayout.EXTENT;

    /** A request's length. */
    public static final int BYTES = ADDRESS + SgeLayout.BYTES;

    private PlainRequestLayout() {
    }

    /**
     * Writes all but the number, and what a Write or Read has: the peer's address and key.
     *
     * @param flags as of {@link io.rnic.verbs.SendRequest#flags}
     */
    public static void write(final long request, final int opcode, final int flags, final long address,
        final int length, final int lkey) {
        Words.putLong(request + CONTROL,
            SendSlotLayout.control(opcode, flags << SendSlotLayout.FLAGS, 1, length));
        Words.putLong(request + ADDRESS, address);
        Words.putLong(request + EXTENT, SgeLayout.extent(length, lkey));
    }

    /** Opcode, flags and length, as {@link SendSlotLayout#CONTROL}. */
    public static long control(final long request) {
        return Words.getLong(request + CONTROL);
    }

    /** The peer's address. */
    public static long remoteAddress(final long request) {
        return Words.getLong(request + REMOTE_ADDRESS);
    }

    /** The peer's key. */
    public static int rkey(final long request) {
        return Words.getInt(request + RKEY);
    }

    /** Where the piece begins. */
    public static long address(final long request) {
        return Words.getLong(request + ADDRESS);
    }

    /** The piece's bytes and local key, as {@link SgeLayout#EXTENT}. */
    public static long extent(final long request) {
        return Words.getLong(request + EXTENT);
    }

    /** The piece's key. */
    public static int lkey(final long request) {
        return SgeLayout.lkey(extent(request));
    }
}
