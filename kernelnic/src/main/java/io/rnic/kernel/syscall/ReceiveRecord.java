package io.rnic.kernel.syscall;

import io.rnic.emu.queue.Words;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;

/**
 * A receive in an argument block.
 *
 * <pre>
 *   offset  bytes  field
 *        0      8  WR_ID
 *        8      4  zero
 *       12      4  CARRIED   pieces that follow: at most one more than a NIC takes
 *       16   n*16  pieces: address 8, length 4, lkey 4
 * </pre>
 */
public final class ReceiveRecord {
    private static final int WR_ID = 0;
    private static final int CARRIED = 12;
    private static final int HEADER_BYTES = 16;
    private static final int SGE_BYTES = 16;

    private ReceiveRecord() {
    }

    /** Bytes that the record of a receive takes. */
    public static int bytes(final ReceiveRequest request, final int maxSges) {
        return HEADER_BYTES + Math.min(request.sges().count(), maxSges + 1) * SGE_BYTES;
    }

    /** Adds a receive to a block that has room for it. */
    public static void write(final ArgumentBlock block, final ReceiveRequest request, final int maxSges) {
        final long words = block.address();
        final int carried = Math.min(request.sges().count(), maxSges + 1);
        final int at = block.growWhole(HEADER_BYTES + carried * SGE_BYTES);
        Words.putLong(words + at + WR_ID, request.wrId());
        Words.putInt(words + at + 8, 0);
        Words.putInt(words + at + CARRIED, carried);
        SendRecord.writeSges(words, at + HEADER_BYTES, request.sges(), carried);
    }

    /** Reads the next receive of a block into {@code request}; pieces pass through {@code translator}. */
    public static void read(final ArgumentBlock block, final ReceiveRequest request, final SgeTranslator translator) {
        final long words = block.address();
        final int at = block.take(HEADER_BYTES);
        final int count = Words.getInt(words + at + CARRIED);
        if (count < 0) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "malformed receive record: " + count + " pieces");
        }
        request.receive(Words.getLong(words + at + WR_ID));
        for (int i = 0; i < count; i++) {
            final int sge = block.take(SGE_BYTES);
            translator.add(
                request, Words.getLong(words + sge), Words.getInt(words + sge + 8), Words.getInt(words + sge + 12));
        }
    }

    /** What the kernel makes of a piece of memory. */
    @FunctionalInterface
    public interface SgeTranslator {
        /** Adds the piece to the receive, as the NIC is to see it. */
        void add(ReceiveRequest request, long address, int length, int lkey);
    }
}
