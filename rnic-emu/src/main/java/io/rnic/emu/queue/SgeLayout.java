package io.rnic.emu.queue;

import io.rnic.verbs.SgeList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A piece of memory in a slot ({@code struct ibv_sge}), 16 bytes.
 *
 * <pre>
 *   offset  bytes  field
 *        0      8  ADDRESS   virtual; a bus address with key 0, the privileged key of a kernel's queue pair
 *        8      4  LENGTH
 *       12      4  LKEY
 * </pre>
 */
public final class SgeLayout {
    /** Where it begins. */
    public static final int ADDRESS = 0;
    /** Its bytes. */
    public static final int LENGTH = 8;
    /** Its local key. */
    public static final int LKEY = 12;
    /** A piece's length in the slot. */
    public static final int BYTES = 16;

    /** The key that says 'this is a bus address': for queue pairs of the kernel only. */
    public static final int PRIVILEGED_KEY = 0;

    private SgeLayout() {
    }

    /** The bytes of all pieces together, -1 if one has a length below 0. */
    static long messageLength(final SgeList sges) {
        long length = 0;
        for (int i = 0; i < sges.count(); i++) {
            if (sges.length(i) < 0) {
                return -1;
            }
            length += sges.length(i);
        }
        return length;
    }

    /** Writes piece {@code index} of a list at {@code offset}. */
    static void write(final UnsafeBuffer slots, final int offset, final SgeList sges, final int index) {
        slots.putLong(offset + ADDRESS, sges.address(index));
        slots.putInt(offset + LENGTH, sges.length(index));
        slots.putInt(offset + LKEY, sges.lkey(index));
    }
}
