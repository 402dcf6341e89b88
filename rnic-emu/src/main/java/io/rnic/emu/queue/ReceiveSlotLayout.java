package io.rnic.emu.queue;

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
}
