package io.rnic.emu.queue;

import io.rnic.verbs.SgeList;

/**
 * A piece of memory in a slot ({@code struct ibv_sge}), 16 bytes.
 *
 * <pre>
 *   offset  bytes  field
 *        0      8  ADDRESS   virtual; a bus address with key 0, the privileged key of a kernel's queue pair
 *        8      8  EXTENT    length 0-30 | flag HOST_PLACED 31 | lkey 32-63
 * </pre>
 *
 * <p>The flag is for the first piece of a receive: the host knows the memory and can place a short message itself, so
 * the NIC may leave one in the completion ({@link CompletionLayout#PAYLOAD}).
 */
public final class SgeLayout {
    /** Where it begins. */
    public static final int ADDRESS = 0;
    /** Its bytes, its local key and a flag. */
    public static final int EXTENT = 8;
    /** A piece's length in the slot. */
    public static final int BYTES = 16;

    /** The key that says 'this is a bus address': for queue pairs of the kernel only. */
    public static final int PRIVILEGED_KEY = 0;

    /** Flag in the extent. */
    static final long HOST_PLACED = 1L << 31;

    private SgeLayout() {
    }

    static long extent(final int length, final int lkey) {
        return (length & 0xFFFF_FFFFL) | ((long) lkey << 32);
    }

    /** The piece's bytes. */
    public static int length(final long extent) {
        return (int) extent & Integer.MAX_VALUE;
    }

    /** The piece's local key. */
    public static int lkey(final long extent) {
        return (int) (extent >>> 32);
    }

    /** Whether the host can place a message that fits the piece. */
    public static boolean isHostPlaced(final long extent) {
        return (extent & HOST_PLACED) != 0;
    }

    /** The bytes of all pieces together, below 0 if one has a length below 0. */
    static long messageLength(final SgeList sges, final int count) {
        if (count == 1) {
            return sges.length(0);
        }
        long length = 0;
        int sign = 0;
        for (int i = 0; i < count; i++) {
            length += sges.length(i);
            sign |= sges.length(i);
        }
        return sign < 0 ? -1 : length;
    }

    /** Writes a piece at {@code offset}. */
    static void write(
        final long slots, final int offset, final long address, final int length, final int lkey) {
        Words.putLong(slots + offset + ADDRESS, address);
        Words.putLong(slots + offset + EXTENT, extent(length, lkey));
    }
}
