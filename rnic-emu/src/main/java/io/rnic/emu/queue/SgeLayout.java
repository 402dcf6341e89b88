package io.rnic.emu.queue;

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
}
