package io.rnic.kernel.syscall;

import io.rnic.emu.queue.CompletionFlyweight;
import io.rnic.emu.queue.Words;

/**
 * A completion in an argument block, {@value #BYTES} bytes.
 *
 * <pre>
 *   offset  bytes  field
 *        0      8  WR_ID
 *        8      4  STATUS        enum ibv_wc_status
 *       12      4  KIND          enum ibv_wc_opcode 0-7 | flags 8-15
 *       16      4  BYTE_LENGTH
 *       20      4  QUEUE_PAIR
 *       24      8  EXTRA         vendor error, immediate data or invalidated STag
 * </pre>
 */
public final class CompletionRecord {
    /** A record's length. */
    public static final int BYTES = 32;

    private static final int WR_ID = 0;
    private static final int STATUS = 8;
    private static final int KIND = 12;
    private static final int BYTE_LENGTH = 16;
    private static final int QUEUE_PAIR = 20;
    private static final int EXTRA = 24;

    private CompletionRecord() {
    }

    /** Adds a completion to a block that has room for it. */
    public static void write(final ArgumentBlock block, final CompletionFlyweight completion) {
        final long words = block.address();
        final int at = block.growWhole(BYTES);
        Words.putLong(words + at + WR_ID, completion.wrId());
        Words.putInt(words + at + STATUS, completion.statusCode());
        Words.putInt(words + at + KIND, completion.kind());
        Words.putInt(words + at + BYTE_LENGTH, completion.byteLength());
        Words.putInt(words + at + QUEUE_PAIR, completion.queuePairNumber());
        Words.putLong(words + at + EXTRA, completion.extra());
    }

    /** Reads the record at {@code at}. */
    public static void read(final long words, final int at, final CompletionFlyweight completion) {
        completion.set(Words.getLong(words + at + WR_ID), Words.getInt(words + at + STATUS),
            Words.getInt(words + at + KIND), Words.getInt(words + at + BYTE_LENGTH),
            Words.getInt(words + at + QUEUE_PAIR), Words.getLong(words + at + EXTRA));
    }

    /**
     * Crosses out the record at {@code at} if it is of that queue pair: no queue pair has number 0.
     *
     * @return whether it was
     */
    public static boolean crossOut(final long words, final int at, final int queuePair) {
        final boolean isOf = Words.getInt(words + at + QUEUE_PAIR) == queuePair;
        if (isOf) {
            Words.putInt(words + at + QUEUE_PAIR, 0);
        }
        return isOf;
    }

    /** Whether the record at {@code at} is crossed out. */
    public static boolean isCrossedOut(final long words, final int at) {
        return Words.getInt(words + at + QUEUE_PAIR) == 0;
    }
}
