package io.rnic.emu.queue;

import io.rnic.verbs.Opcode;
import io.rnic.verbs.SendRequest;
import org.agrona.BitUtil;

/**
 * One slot of a send queue. Little-endian or big-endian as the machine is: it never leaves it.
 *
 * <pre>
 *   offset  bytes  field
 *        0      8  CONTROL          opcode (enum ibv_wr_opcode) 0-7 | flags (enum ibv_send_flags) 8-15 | pieces 16-23
 *                                   | zero 24-31 | bytes of the message: of the pieces, or of the inline data 32-63
 *        8      8  REMOTE_ADDRESS   tagged offset, for Write, Read and atomics
 *       16      4  RKEY             the peer's STag, for Write, Read and atomics; what is invalidated or bound
 *       20      4  unused
 *       24      8  IMMEDIATE        of a request with immediate data
 *       32   n*16  pieces ({@link SgeLayout}), or the inline data
 *       48      8  OPERAND          of an atomic, which has one piece: what is added or swapped in
 *       56      8  COMPARAND        of a compare-and-swap: what must be there
 *                                   of a binding: REMOTE_ADDRESS its first byte, OPERAND its length, COMPARAND its
 *                                   access, and the region's key in a piece of length 0
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

    /** Immediate data. */
    public static final int IMMEDIATE = 24;
    /** What an atomic adds or swaps in. */
    public static final int OPERAND = PAYLOAD + SgeLayout.BYTES;
    /** What must be there for a swap. */
    public static final int COMPARAND = OPERAND + Long.BYTES;

    /** By how much flags are shifted. */
    static final int FLAGS = 8;
    /** Flag: it waits for Reads and atomics before it. */
    static final int FENCED = SendRequest.FENCED << FLAGS;
    /** Flag: success makes a completion. */
    static final int SIGNALLED = SendRequest.SIGNALLED << FLAGS;
    /** Flag: the peer's receive is solicited. */
    static final int SOLICITED = SendRequest.SOLICITED << FLAGS;
    /** Flag: the data is in the slot ({@code IBV_SEND_INLINE}). */
    static final int INLINE = 1 << 3 << FLAGS;

    private static final int SEND_OF_ONE_PIECE = Opcode.SEND.code() | 1 << 16;

    private SendSlotLayout() {
    }

    static long control(final int opcode, final int flags, final int sgeCount, final int messageLength) {
        return opcode | flags | (sgeCount << 16) | ((long) messageLength << 32);
    }

    /** Code of {@code enum ibv_wr_opcode}. */
    public static int opcode(final long control) {
        return (int) control & 0xFF;
    }

    /** Opcode and whether it is solicited, which takes a Send off the usual way: what decides the way. */
    public static int kind(final long control) {
        return (int) control & (0xFF | SOLICITED);
    }

    /** Whether the peer's receive is solicited. */
    public static boolean isSolicited(final long control) {
        return (control & SOLICITED) != 0;
    }

    /** Whether it waits for the Reads and atomics before it. */
    public static boolean isFenced(final long control) {
        return (control & FENCED) != 0;
    }

    /** Whether success makes a completion. */
    public static boolean isSignalled(final long control) {
        return (control & SIGNALLED) != 0;
    }

    /** Whether the data is in the slot. */
    public static boolean isInline(final long control) {
        return (control & INLINE) != 0;
    }

    /** Whether the data is one piece of memory. */
    public static boolean isOnePiece(final long control) {
        return (control & (0xFF_0000 | INLINE)) == 1 << 16;
    }

    /** Whether it is a Send of one piece, not solicited, whose message fits a completion. */
    public static boolean isShortSend(final long control) {
        return (control & (0xFF_00FF | SOLICITED | INLINE)) == SEND_OF_ONE_PIECE
            && Integer.compareUnsigned(messageLength(control) - 1, CompletionLayout.MAX_PAYLOAD_BYTES) < 0;
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
