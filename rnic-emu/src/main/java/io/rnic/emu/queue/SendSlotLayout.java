package io.rnic.emu.queue;

import org.agrona.BitUtil;

/**
 * One slot of a send queue. Little-endian or big-endian as the machine is: it never leaves it.
 *
 * <pre>
 *   offset  bytes  field
 *        0      1  OPCODE           enum ibv_wr_opcode
 *        1      1  FLAGS            bit 0 signalled, bit 1 inline
 *        2      1  SGE_COUNT
 *        3      1  zero
 *        4      4  MESSAGE_LENGTH   sum of the pieces, or of the inline data
 *        8      8  REMOTE_ADDRESS   tagged offset, for Write and Read
 *       16      4  RKEY             the peer's STag, for Write and Read
 *       20     12  zero
 *       32   n*16  pieces: address 8, length 4, lkey 4; or the inline data
 * </pre>
 *
 * <p>The slot's length is a multiple of a cache line, long enough for the queue's most pieces and most inline data.
 */
public final class SendSlotLayout {
    /** Code of {@code enum ibv_wr_opcode}. */
    public static final int OPCODE = 0;
    /** {@link #SIGNALLED}, {@link #INLINE}. */
    public static final int FLAGS = 1;
    /** How many pieces of memory. */
    public static final int SGE_COUNT = 2;
    /** Bytes of the whole message. */
    public static final int MESSAGE_LENGTH = 4;
    /** The peer's address. */
    public static final int REMOTE_ADDRESS = 8;
    /** The peer's key. */
    public static final int RKEY = 16;
    /** Where pieces or inline data begin. */
    public static final int PAYLOAD = 32;

    /** Flag: success makes a completion. */
    public static final int SIGNALLED = 1;
    /** Flag: the data is in the slot. */
    public static final int INLINE = 2;

    private SendSlotLayout() {
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
