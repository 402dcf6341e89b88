package io.rnic.emu;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.BitUtil;

/**
 * Gives out numbers of 24 bits: a table index (from 1) in the low bits, and above it a count that changes each time the
 * index is used again, so that a number that went away is not soon somebody else's.
 */
final class Numbers {
    private static final int BITS = 24;

    private final String what;
    private final String setting;
    private final int max;
    private final int indexBits;
    private final Deque<Integer> free = new ArrayDeque<>();
    private int unused = 1;
    private int inUse;

    /**
     * Creates a source of numbers.
     *
     * @param what    what is numbered, for messages
     * @param max     how many at the same time
     * @param setting which setting raises that
     */
    Numbers(final String what, final int max, final String setting) {
        this.what = what;
        this.setting = setting;
        this.max = max;
        indexBits = Integer.numberOfTrailingZeros(BitUtil.findNextPositivePowerOfTwo(max + 1));
    }

    /** Which low bits are the index. */
    int indexMask() {
        return (1 << indexBits) - 1;
    }

    synchronized int take() {
        if (inUse == max) {
            throw new RnicException(RnicError.DEVICE_LIMIT,
                "all " + max + " " + what + " are in use; close one or raise " + setting);
        }
        inUse++;
        // Never used indices first: it takes longest until a number comes back.
        return unused <= max ? unused++ : free.remove();
    }

    synchronized void giveBack(final int number) {
        inUse--;
        free.add((number + (1 << indexBits)) & ((1 << BITS) - 1));
    }

    synchronized int inUse() {
        return inUse;
    }
}
