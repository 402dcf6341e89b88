package io.rnic.kernel.syscall;

import io.rnic.emu.host.InterruptStatus;
import io.rnic.emu.host.MemoryFaults;
import io.rnic.emu.host.SegmentCopy;
import io.rnic.emu.queue.PlainRequestLayout;
import io.rnic.emu.queue.Words;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SgeList;
import java.lang.foreign.MemorySegment;

/**
 * A send request in an argument block.
 *
 * <pre>
 *   offset  bytes  field
 *        0      8  WR_ID
 *        8      8  HEAD            opcode (enum ibv_wr_opcode) 0-31 | flags 32-63: enum ibv_send_flags, inline,
 *                                  unreadable
 *       16      8  REMOTE_ADDRESS
 *       24      8  REMOTE          rkey 0-31 | inline length, as the application gave it 32-63
 *       32      8  COUNTS          pieces, as the application gave them 0-31 | carried 32-63: pieces, or inline bytes,
 *                                  that follow: no more than a NIC takes, whatever was given
 *       40   n*16  pieces: address 8, length 4, lkey 4; or inline data, padded to 8
 *             16   behind them, of all but Send, Write and Read: operand 8, comparand 8
 * </pre>
 *
 * <p>A plain record is that of a Send, Write or Read of one piece with no flag but that it is signalled. Its fields lie
 * where {@link PlainRequestLayout} has them: the kernel makes the one of the other where it lies.
 */
public final class SendRecord {
    /** The length of a plain record. */
    public static final int PLAIN_BYTES = PlainRequestLayout.BYTES;

    private static final int WR_ID = PlainRequestLayout.WR_ID;
    private static final int HEAD = PlainRequestLayout.CONTROL;
    private static final int REMOTE_ADDRESS = PlainRequestLayout.REMOTE_ADDRESS;
    private static final int REMOTE = PlainRequestLayout.RKEY;
    private static final int COUNTS = 32;
    private static final int HEADER_BYTES = PlainRequestLayout.ADDRESS;
    private static final int SGE_BYTES = 16;

    private static final long ONE_PIECE = word(1, 1);
    private static final int SIGNALLED = SendRequest.SIGNALLED;
    private static final int INLINE = 1 << 3;
    private static final int UNREADABLE = 1 << 8;
    private static final int OPERAND_BYTES = 16;

    private static final int SEND = Opcode.SEND.code();
    private static final int WRITE = Opcode.RDMA_WRITE.code();
    private static final int READ = Opcode.RDMA_READ.code();

    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

    private SendRecord() {
    }

    /** Bytes that the record of a request takes at most. */
    public static int bytes(final SendRequest request, final int maxSges, final int maxInlineBytes) {
        return bytes(Math.min(request.sges().count(), maxSges + 1),
            Math.max(0, Math.min(request.inlineLength(), maxInlineBytes)));
    }

    /** Bytes that the record of any request takes at most. */
    public static int mostBytes(final int maxSges, final int maxInlineBytes) {
        return bytes(maxSges + 1, maxInlineBytes);
    }

    private static int bytes(final int sges, final int inlineBytes) {
        return HEADER_BYTES + sges * SGE_BYTES + inlineBytes + 7 + OPERAND_BYTES;
    }

    /** Adds a request to a block that has room for it. */
    public static void write(
        final ArgumentBlock block, final SendRequest request, final int maxSges, final int maxInlineBytes) {
        final long words = block.address();
        final SgeList sges = request.sges();
        if (request.inlineSegment() == null) {
            final int carried = Math.min(sges.count(), maxSges + 1);
            final int at = block.growWhole(HEADER_BYTES + carried * SGE_BYTES);
            writeHeader(words, at, request, request.flags(), carried);
            writeSges(words, at + HEADER_BYTES, sges, carried);
        } else {
            final int at = block.growWhole(HEADER_BYTES);
            final int carried = Math.max(0, Math.min(request.inlineLength(), maxInlineBytes));
            final int unreadable = writeInline(block, request, request.inlineSegment(), carried) ? 0 : UNREADABLE;
            writeHeader(words, at, request, request.flags() | INLINE | unreadable, carried);
        }
        if (!isUsual(request.opcode().code())) {
            final int at = block.growWhole(OPERAND_BYTES);
            Words.putLong(words + at, request.operand());
            Words.putLong(words + at + Long.BYTES, request.comparand());
        }
    }

    /**
     * Adds the Sends, Writes and Reads of one piece that come next in a list, until one is another or the block has no
     * room: as {@link #write} does one by one.
     *
     * @return the first that was not added
     */
    public static int writeOnePiece(
        final ArgumentBlock block, final SendRequest[] requests, final int next, final int count) {
        final int end = Math.min(count, next + block.room() / PLAIN_BYTES);
        long record = block.end();
        int i = next;
        while (i < end) {
            final SendRequest request = requests[i];
            final SgeList sges = request.sges();
            final int opcode = request.opcode().code();
            if (sges.count() != 1 || !isUsual(opcode) || request.inlineSegment() != null) {
                break;
            }
            Words.putLong(record + WR_ID, request.wrId());
            Words.putLong(record + HEAD, word(opcode, request.flags()));
            Words.putLong(record + REMOTE_ADDRESS, request.remoteAddress());
            Words.putLong(record + REMOTE, word(request.rkey(), 0));
            Words.putLong(record + COUNTS, ONE_PIECE);
            Words.putLong(record + HEADER_BYTES, sges.address(0));
            Words.putLong(record + HEADER_BYTES + Long.BYTES, word(sges.length(0), sges.lkey(0)));
            record += PLAIN_BYTES;
            i++;
        }
        block.growWhole((i - next) * PLAIN_BYTES);
        return i;
    }

    private static boolean isUsual(final int opcode) {
        return opcode == WRITE || opcode == SEND || opcode == READ;
    }

    private static void writeHeader(
        final long words, final int at, final SendRequest request, final int flags, final int carried) {
        Words.putLong(words + at + WR_ID, request.wrId());
        Words.putLong(words + at + HEAD, word(request.opcode().code(), flags));
        Words.putLong(words + at + REMOTE_ADDRESS, request.remoteAddress());
        Words.putLong(words + at + REMOTE, word(request.rkey(), request.inlineLength()));
        Words.putLong(words + at + COUNTS, word(request.sges().count(), carried));
    }

    private static boolean writeInline(
        final ArgumentBlock block, final SendRequest request, final MemorySegment source, final int carried) {
        final int data = block.grow(carried);
        final boolean interrupted = InterruptStatus.isSet();
        try {
            SegmentCopy.copy(source, request.inlineOffset(), block.segment(), data, carried);
            MemoryFaults.settle();
            return true;
        } catch (final IndexOutOfBoundsException | IllegalStateException | WrongThreadException | InternalError e) {
            InterruptStatus.restore(interrupted);
            return false;
        }
    }

    private static long word(final int low, final int high) {
        return (low & 0xFFFF_FFFFL) | ((long) high << 32);
    }

    private static int low(final long word) {
        return (int) word;
    }

    private static int high(final long word) {
        return (int) (word >>> 32);
    }

    static void writeSges(final long words, final int at, final SgeList sges, final int count) {
        for (int i = 0; i < count; i++) {
            final int sge = at + i * SGE_BYTES;
            Words.putLong(words + sge, sges.address(i));
            Words.putLong(words + sge + 8, word(sges.length(i), sges.lkey(i)));
        }
    }

    /** How many records are left in a block at most, if they are plain. */
    public static int plainRecords(final ArgumentBlock block) {
        return block.left() / PLAIN_BYTES;
    }

    /** Whether a record that is all there is plain: Send, Write or Read, one piece, signalled or not. */
    public static boolean isPlain(final long record) {
        return isUsual(opcode(record)) && (flags(record) & ~SIGNALLED) == 0
            && high(Words.getLong(record + COUNTS)) == 1;
    }

    /** Whether the next record of a block is of a Send. */
    public static boolean isSend(final ArgumentBlock block) {
        return block.left() >= HEADER_BYTES && opcode(block.next()) == SEND;
    }

    /** Its opcode. */
    public static int opcode(final long record) {
        return low(Words.getLong(record + HEAD));
    }

    /** Its flags, of a plain record as of {@link SendRequest#flags}. */
    public static int flags(final long record) {
        return high(Words.getLong(record + HEAD));
    }

    /**
     * Reads the next request of a block into {@code request}; pieces pass through {@code translator}. Inline data stays
     * in the block.
     *
     * @throws RnicException INVALID_ARGUMENT for a record that is cut short, has no known opcode or unknown
     *                       flags
     */
    public static void read(final ArgumentBlock block, final SendRequest request, final SgeTranslator translator) {
        final long words = block.address();
        final long record = words + block.take(HEADER_BYTES);
        final int flags = flags(record);
        final int carried = high(Words.getLong(record + COUNTS));
        final Opcode opcode = Opcode.of(opcode(record));
        if (opcode == null) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "unknown opcode " + opcode(record));
        }
        if (carried < 0) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "malformed send record: " + carried + " pieces");
        }
        final long remote = Words.getLong(record + REMOTE);
        request.start(opcode, Words.getLong(record + WR_ID), Words.getLong(record + REMOTE_ADDRESS), low(remote),
            flags & ~(INLINE | UNREADABLE));
        if ((flags & INLINE) != 0) {
            final int data = block.take(carried);
            final int length = high(remote);
            final boolean readable = (flags & UNREADABLE) == 0 && length <= carried;
            // What is unreadable stays so also where it is of no byte: beyond the end of nothing.
            request.inline(readable ? block.segment() : NOTHING, readable ? data : 1, length);
            addSges(request, low(Words.getLong(record + COUNTS)));
        } else {
            readSges(block, carried, request, translator);
        }
        if (!isUsual(opcode.code())) {
            final int operands = block.take(OPERAND_BYTES);
            request.operands(Words.getLong(words + operands), Words.getLong(words + operands + Long.BYTES));
        }
    }

    private static void readSges(
        final ArgumentBlock block, final int count, final SendRequest request, final SgeTranslator translator) {
        final long words = block.address();
        for (int i = 0; i < count; i++) {
            final int sge = block.take(SGE_BYTES);
            translator.add(
                request, Words.getLong(words + sge), Words.getInt(words + sge + 8), Words.getInt(words + sge + 12));
        }
    }

    /** Inline data beside pieces of memory is refused; that there are some is enough to know. */
    private static void addSges(final SendRequest request, final int count) {
        if (count > 0) {
            request.sge(0, 0, 0);
        }
    }

    /** What the kernel makes of a piece of memory. */
    @FunctionalInterface
    public interface SgeTranslator {
        /** Adds the piece to the request, as the NIC is to see it. */
        void add(SendRequest request, long address, int length, int lkey);
    }
}
