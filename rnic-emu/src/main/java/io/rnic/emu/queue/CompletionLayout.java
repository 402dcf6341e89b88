package io.rnic.emu.queue;

import io.rnic.verbs.CompletionStatus;

/**
 * A completion queue: a header, then a ring of entries of {@value #ENTRY_BYTES} bytes, a cache line each.
 *
 * <pre>
 *   offset  bytes  field       written by  read by
 *        0      8  CONSUMED    host        NIC     completions polled since creation
 *      128      4  ARMED       both        both    1: the next completion makes an event; 2: the next solicited one
 *      192      4  OVERRUN     NIC         host    1: a completion was lost, the queue is unusable;
 *                                                2: the same, for it was asked for
 *      256   n*64  entries     NIC         host
 *
 *   entry
 *        0      8  CONTROL     byte length 0-31 | status 32-39 | opcode 40-47 | flags 48-55 | zero 56-62 | phase 63
 *        8      8  SOURCE      slot number, low 32 bits of its count 0-31 | queue pair number 32-63
 *       16      4  VENDOR      vendor error; written only if the status is not success
 *       20      4  ZERO        written by the NIC at any time, to get hold of the line
 *       24     40  PAYLOAD     flag IN_ENTRY: the message, which the host places when it polls the entry;
 *                              flag IMMEDIATE: 8 bytes of immediate data; flag INVALIDATED: an STag, 8 bytes
 * </pre>
 *
 * <p>CONTROL is written last, by a store release; the host reads it by a load acquire. The phase of the first lap is 1.
 */
public final class CompletionLayout {
    /** Completions polled since creation. */
    public static final int CONSUMED = 0;
    /** Whether the next completion makes an event. */
    public static final int ARMED = 128;
    /** Whether a completion was lost. */
    public static final int OVERRUN = 192;
    /** {@link #OVERRUN}: it was full. */
    static final int OVERRUN_FULL = 1;
    /** {@link #OVERRUN}: it was asked for. */
    static final int OVERRUN_INJECTED = 2;
    /** Where the entries begin. */
    public static final int ENTRIES = 256;
    /** An entry's length. */
    public static final int ENTRY_BYTES = 64;

    /** Length, status, opcode, flags and phase. */
    public static final int CONTROL = 0;
    /** Slot number and queue pair number. */
    public static final int SOURCE = 8;
    /** Vendor error. */
    public static final int VENDOR = 16;
    /** Always 0: may be written at any time, to get hold of the line. */
    public static final int ZERO = 20;
    /** The message itself. */
    public static final int PAYLOAD = 24;
    /** The longest message that travels in the entry. */
    public static final int MAX_PAYLOAD_BYTES = ENTRY_BYTES - PAYLOAD;

    /** The bit that all opcodes of receives have ({@code IBV_WC_RECV}). */
    static final int RECEIVE = 1 << 7;

    /** Vendor error of a message that the host could not place: Terminate 1/0/0, as where the NIC cannot. */
    static final int UNPLACED = 0x1_1000;

    /** Flag: the message is in the entry. */
    static final long IN_ENTRY = 1L << 48;

    /** Flag: immediate data is in the entry. */
    public static final long IMMEDIATE = 1L << 49;
    /** Flag: the STag that the message made invalid is in the entry. */
    public static final long INVALIDATED = 1L << 50;

    /** By how much a control word is shifted for opcode and flags alone, as completions keep them. */
    static final int KIND_SHIFT = 40;

    /** ARMED: any completion makes an event. */
    static final int ARMED_FOR_ANY = 1;
    /** ARMED: a solicited completion or an error makes an event. */
    static final int ARMED_FOR_SOLICITED = 2;

    /** The opcode of an entry that the host has crossed out because its queue pair is destroyed. */
    static final int OPCODE_VOID = 0x7F;

    private static final long STATUS_MASK = 0xFFL << 32;

    private CompletionLayout() {
    }

    static long control(final int byteLength, final int status, final int opcode) {
        return (byteLength & 0xFFFF_FFFFL) | ((status & 0xFFL) << 32) | ((opcode & 0xFFL) << 40);
    }

    static int byteLength(final long control) {
        return (int) control;
    }

    static int status(final long control) {
        return (int) (control >>> 32) & 0xFF;
    }

    static int opcode(final long control) {
        return (int) (control >>> 40) & 0xFF;
    }

    /** The control word of a message in the entry that could not be placed. */
    static long unplaced(final long control) {
        return (control & Long.MIN_VALUE) | control(0, CompletionStatus.LOCAL_PROTECTION_ERROR.code(), opcode(control));
    }

    static boolean isInEntry(final long control) {
        return (control & IN_ENTRY) != 0;
    }

    /** Opcode and flags. */
    static int kind(final long control) {
        return (int) (control >>> KIND_SHIFT) & 0xFFFF;
    }

    /** Whether there is something in the entry beside what every completion has. */
    static boolean hasExtra(final long control) {
        return (control & (STATUS_MASK | IMMEDIATE | INVALIDATED)) != 0;
    }

    static boolean isSuccess(final long control) {
        return (control & STATUS_MASK) == 0;
    }

    /**
     * The phase of the lap that begins at or before {@code position}, in bit 63; {@code shift} is log2 of the entries.
     */
    static long phase(final long position, final int shift) {
        return (~(position >>> shift) & 1L) << 63;
    }

    static int entry(final long position, final int mask) {
        return ENTRIES + ((int) position & mask) * ENTRY_BYTES;
    }
}
