package io.rnic.emu.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.rnic.emu.host.SegmentCopy;
import java.lang.foreign.MemorySegment;

/**
 * Copies of a message that a completion carries, from or to memory that may go (for other {@link Words#copy} does):
 * between a region and {@link CompletionLayout#PAYLOAD}, word by word, and only the region's side is checked, for the
 * queue's memory is there as long as whoever uses it. The JDK's copy, which checks both, is 120 instructions for a
 * message of 32 bytes, of the 490 that the NIC has for it; this is 50.
 *
 * <p>The methods throw what {@link MemorySegment#get} and {@link MemorySegment#set} throw; some of the bytes may be
 * there then.
 */
final class CarriedMessage {
    private static final int WORD = Long.BYTES;

    private CarriedMessage() {
    }

    /**
     * Leaves a message in a completion.
     *
     * @param payload the address of the payload
     * @param length  from 1 to {@link CompletionLayout#MAX_PAYLOAD_BYTES}
     */
    static void leave(final MemorySegment source, final long offset, final long payload, final int length) {
        if (SegmentCopy.isNative(source)) {
            leaveFrom(source, offset, payload, length);
        } else {
            leaveFromOther(source, offset, payload, length);
        }
    }

    /**
     * Places a message that was left in a completion.
     *
     * @param payload the address of the payload
     * @param length  as for {@link #leave}
     */
    static void place(final long payload, final MemorySegment target, final long offset, final int length) {
        if (SegmentCopy.isNative(target)) {
            placeInto(payload, target, offset, length);
        } else {
            placeIntoOther(payload, target, offset, length);
        }
    }

    // The same for other classes, so that the usual way has one class alone and no virtual calls: as in SegmentCopy.

    private static void leaveFromOther(
        final MemorySegment source, final long offset, final long payload, final int length) {
        leaveFrom(source, offset, payload, length);
    }

    private static void placeIntoOther(
        final long payload, final MemorySegment target, final long offset, final int length) {
        placeInto(payload, target, offset, length);
    }

    // Word by word and no loop: of a loop a compiler makes three, for its beginning, its middle and its end.

    private static void leaveFrom(
        final MemorySegment source, final long offset, final long payload, final int length) {
        if (length >= WORD) {
            Words.putLong(payload, source.get(JAVA_LONG_UNALIGNED, offset));
            if (length >= 2 * WORD) {
                Words.putLong(payload + WORD, source.get(JAVA_LONG_UNALIGNED, offset + WORD));
                if (length >= 3 * WORD) {
                    Words.putLong(payload + 2 * WORD, source.get(JAVA_LONG_UNALIGNED, offset + 2 * WORD));
                    if (length >= 4 * WORD) {
                        Words.putLong(payload + 3 * WORD, source.get(JAVA_LONG_UNALIGNED, offset + 3 * WORD));
                        if (length >= 5 * WORD) {
                            Words.putLong(payload + 4 * WORD, source.get(JAVA_LONG_UNALIGNED, offset + 4 * WORD));
                        }
                    }
                }
            }
        }
        for (int at = length & -WORD; at < length; at++) {
            Words.putByte(payload + at, source.get(JAVA_BYTE, offset + at));
        }
    }

    private static void placeInto(
        final long payload, final MemorySegment target, final long offset, final int length) {
        if (length >= WORD) {
            target.set(JAVA_LONG_UNALIGNED, offset, Words.getLong(payload));
            if (length >= 2 * WORD) {
                target.set(JAVA_LONG_UNALIGNED, offset + WORD, Words.getLong(payload + WORD));
                if (length >= 3 * WORD) {
                    target.set(JAVA_LONG_UNALIGNED, offset + 2 * WORD, Words.getLong(payload + 2 * WORD));
                    if (length >= 4 * WORD) {
                        target.set(JAVA_LONG_UNALIGNED, offset + 3 * WORD, Words.getLong(payload + 3 * WORD));
                        if (length >= 5 * WORD) {
                            target.set(JAVA_LONG_UNALIGNED, offset + 4 * WORD, Words.getLong(payload + 4 * WORD));
                        }
                    }
                }
            }
        }
        for (int at = length & -WORD; at < length; at++) {
            target.set(JAVA_BYTE, offset + at, Words.getByte(payload + at));
        }
    }
}
