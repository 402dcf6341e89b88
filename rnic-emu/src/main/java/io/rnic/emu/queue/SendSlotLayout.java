package io.rnic.emu.queue;

import org.agrona.BitUtil;

/**
 * One slot of a send queue. Little-endian or big-endian as the machine is: it never leaves it.
 *
 * <pre>
 *   offset  bytes  field
 *        0      8  CONTROL          opcode (enum ibv_wr_opcode) 0-7 | flags 8-15: SIGNALLED, INLINE | pieces 16-23
 *                                   | zero 24-31 | bytes of the message: of the pieces, or of the inline data 32-63
 *        8      8  REMOTE_ADDRESS   tagged offset, for Write and Read
 *       16      4  RKEY             the peer's STag, for Write and Read
 *       20     12  unused
 *       32   n*16  pieces ({@link SgeLayout}), or the inline data
 * </pre>
 *
 * <p>The slot's length is a multiple of a cache line, long enough for the queue's most pieces and most inline data.
 */
public final class SendSlotLayout {
    /** Opcode, flags, number of pieces and length of the message: one word, written and read at once. */
    public static final int CONTROL = 0;
    /** The peer's address. */
    public static final int REMOTE_ADDRESS = 8;
    /** The peer's key. */
    public static final int RKEY = 16;
    /** Where pieces or inline data begin. */
    public static final int PAYLOAD = 32;

    /** Flag: success makes a completion. */
    static final int SIGNALLED = 1 << 8;
    /** Flag: the data is in the slot. */
    static final int INLINE = 1 << 9;

    private SendSlotLayout() {
    }

    static long control(final int opcode, final int flags, final int sgeCount, final int messageLength) {
        return opcode | flags | (sgeCount << 16) | ((long) messageLength << 32);
    }

    /** Code of {@code enum ibv_wr_opcode}. */
    public static int opcode(final long control) {
        return (int) control & 0xFF;
    }

    /** Whether success makes a completion. */
    public static boolean isSignalled(final long control) {
        return (control & SIGNALLED) != 0;
    }

    /** Whether the data is in the slot. */
    public static boolean isInline(final long control) {
        return (control & INLINE) != 0;
    }

    /** How many pieces of memory. */
    public static int sgeCount(final long control) {
        return (int) (control >>> 16) & 0xFF;
    }

    /** Bytes of the whole message. */
    public static int messageLength(final long control) {
        return (int) (control >>> 32);
    }

    /** A slot's length in bytes. */
    public static int stride(final int maxSges, final int maxInlineBytes) {
        return BitUtil.align(PAYLOAD + Math.max(maxSges * SgeLayout.BYTES, maxInlineBytes), 64);
    }

    /** Where piece {@code index} of a slot begins. */
    public static int sge(final int slot, final int index) {
        return slot + PAYLOAD + index * SgeLayout.BYTES;
    }
}
