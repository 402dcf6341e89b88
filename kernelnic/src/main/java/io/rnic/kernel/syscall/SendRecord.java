package io.rnic.kernel.syscall;

import io.rnic.verbs.Opcode;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SgeList;
import java.lang.foreign.MemorySegment;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A send request in an argument block.
 *
 * <pre>
 *   offset  bytes  field
 *        0      4  OPCODE          enum ibv_wr_opcode
 *        4      4  FLAGS           bit 0 signalled, bit 1 inline, bit 2 inline data could not be read
 *        8      8  WR_ID
 *       16      8  REMOTE_ADDRESS
 *       24      4  RKEY
 *       28      4  INLINE_LENGTH   as the application gave it
 *       32      4  SGE_COUNT       as the application gave it
 *       36      4  CARRIED         pieces, or inline bytes, that follow: no more than a NIC takes, whatever was given
 *       40   n*16  pieces: address 8, length 4, lkey 4; or inline data, padded to 8
 * </pre>
 */
public final class SendRecord {
    private static final int OPCODE = 0;
    private static final int FLAGS = 4;
    private static final int WR_ID = 8;
    private static final int REMOTE_ADDRESS = 16;
    private static final int RKEY = 24;
    private static final int INLINE_LENGTH = 28;
    private static final int SGE_COUNT = 32;
    private static final int CARRIED = 36;
    private static final int HEADER_BYTES = 40;
    private static final int SGE_BYTES = 16;

    private static final int SIGNALLED = 1;
    private static final int INLINE = 2;
    private static final int UNREADABLE = 4;

    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

    private SendRecord() {
    }

    /** Bytes that the record of a request takes at most. */
    public static int bytes(final SendRequest request, final int maxSges, final int maxInlineBytes) {
        return HEADER_BYTES + Math.min(request.sges().count(), maxSges + 1) * SGE_BYTES
            + Math.max(0, Math.min(request.inlineLength(), maxInlineBytes)) + 7;
    }

    /** Adds a request to a block that has room for it. */
    public static void write(
        final ArgumentBlock block, final SendRequest request, final int maxSges, final int maxInlineBytes) {
        final UnsafeBuffer buffer = block.buffer();
        final int at = block.grow(HEADER_BYTES);
        int flags = request.signalled() ? SIGNALLED : 0;
        int carried = 0;
        if (request.inlineSegment() != null) {
            flags |= INLINE;
            carried = Math.max(0, Math.min(request.inlineLength(), maxInlineBytes));
            final int data = block.grow(carried);
            try {
                MemorySegment.copy(request.inlineSegment(), request.inlineOffset(), block.segment(), data, carried);
            } catch (final IndexOutOfBoundsException | IllegalStateException | WrongThreadException e) {
                flags |= UNREADABLE;
            }
        } else {
            carried = Math.min(request.sges().count(), maxSges + 1);
            writeSges(buffer, block.grow(carried * SGE_BYTES), request.sges(), carried);
        }
        buffer.putInt(at + OPCODE, request.opcode().code());
        buffer.putInt(at + FLAGS, flags);
        buffer.putLong(at + WR_ID, request.wrId());
        buffer.putLong(at + REMOTE_ADDRESS, request.remoteAddress());
        buffer.putInt(at + RKEY, request.rkey());
        buffer.putInt(at + INLINE_LENGTH, request.inlineLength());
        buffer.putInt(at + SGE_COUNT, request.sges().count());
        buffer.putInt(at + CARRIED, carried);
    }

    static void writeSges(final UnsafeBuffer buffer, final int at, final SgeList sges, final int count) {
        for (int i = 0; i < count; i++) {
            final int sge = at + i * SGE_BYTES;
            buffer.putLong(sge, sges.address(i));
            buffer.putInt(sge + 8, sges.length(i));
            buffer.putInt(sge + 12, sges.lkey(i));
        }
    }

    /**
     * Reads the next request of a block into {@code request}; pieces pass through {@code translator}. Inline data stays
     * in the block.
     *
     * @throws RnicException INVALID_ARGUMENT for a record that is cut short or has no known opcode
     */
    public static void read(final ArgumentBlock block, final SendRequest request, final SgeTranslator translator) {
        final UnsafeBuffer buffer = block.buffer();
        final int at = block.take(HEADER_BYTES);
        final int flags = buffer.getInt(at + FLAGS);
        final int carried = buffer.getInt(at + CARRIED);
        start(request, buffer.getInt(at + OPCODE), buffer.getLong(at + WR_ID), buffer.getLong(at + REMOTE_ADDRESS),
            buffer.getInt(at + RKEY));
        request.signalled((flags & SIGNALLED) != 0);
        if (carried < 0) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "malformed send record: " + carried + " pieces");
        }
        if ((flags & INLINE) != 0) {
            final int data = block.take(carried);
            final int length = buffer.getInt(at + INLINE_LENGTH);
            final boolean readable = (flags & UNREADABLE) == 0 && length <= carried;
            request.inline(readable ? block.segment() : NOTHING, readable ? data : 0, length);
            addSges(request, buffer.getInt(at + SGE_COUNT));
        } else {
            readSges(block, carried, request, translator);
        }
    }

    private static void readSges(
        final ArgumentBlock block, final int count, final SendRequest request, final SgeTranslator translator) {
        final UnsafeBuffer buffer = block.buffer();
        for (int i = 0; i < count; i++) {
            final int sge = block.take(SGE_BYTES);
            translator.add(request, buffer.getLong(sge), buffer.getInt(sge + 8), buffer.getInt(sge + 12));
        }
    }

    /** Inline data beside pieces of memory is refused; that there are some is enough to know. */
    private static void addSges(final SendRequest request, final int count) {
        if (count > 0) {
            request.sge(0, 0, 0);
        }
    }

    private static void start(final SendRequest request, final int opcode, final long wrId, final long remoteAddress,
        final int rkey) {
        if (opcode == Opcode.SEND.code()) {
            request.send(wrId);
        } else if (opcode == Opcode.RDMA_WRITE.code()) {
            request.write(wrId, remoteAddress, rkey);
        } else if (opcode == Opcode.RDMA_READ.code()) {
            request.read(wrId, remoteAddress, rkey);
        } else {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "unknown opcode " + opcode);
        }
    }

    /** What the kernel makes of a piece of memory. */
    @FunctionalInterface
    public interface SgeTranslator {
        /** Adds the piece to the request, as the NIC is to see it. */
        void add(SendRequest request, long address, int length, int lkey);
    }
}
