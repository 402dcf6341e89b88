package io.rnic.emu.queue;

import io.rnic.verbs.SgeList;
import org.agrona.BitUtil;

/**
 * One slot of a receive queue: nothing but its pieces of memory ({@link SgeLayout}, 16 bytes each), so that with one
 * piece four slots share a cache line. Fewer pieces than the slot holds end with one of length 0.
 */
public final class ReceiveSlotLayout {
    private ReceiveSlotLayout() {
    }

    /** A slot's length in bytes: a power of two, so that no slot of one piece straddles a line. */
    public static int stride(final int maxSges) {
        return BitUtil.findNextPositivePowerOfTwo(maxSges * SgeLayout.BYTES);
    }

    /** Whether a slot can hold these pieces. */
    static PostResult check(final SgeList sges, final int maxSges, final int maxMessageBytes) {
        final int count = sges.count();
        if (count > maxSges) {
            return PostResult.TOO_MANY_SGES;
        }
        final long length = SgeLayout.messageLength(sges, count);
        if (length < 0) {
            return PostResult.NEGATIVE_LENGTH;
        }
        return length > maxMessageBytes ? PostResult.MESSAGE_TOO_LONG : PostResult.OK;
    }

    /** Writes the pieces, those of length 0 left out, and what ends them. */
    static void write(final long words, final int slot, final SgeList sges, final int maxSges) {
        int sge = slot;
        for (int i = 0; i < sges.count(); i++) {
            if (sges.length(i) != 0) {
                SgeLayout.write(words, sge, sges.address(i), sges.length(i), sges.lkey(i));
                sge += SgeLayout.BYTES;
            }
        }
        if (sge < slot + maxSges * SgeLayout.BYTES) {
            Words.putLong(words + sge + SgeLayout.EXTENT, 0);
        }
    }
}
