package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import java.util.Arrays;

/**
 * Numbers in the order of their last use. A use is written at the end of a log, whatever was there before, and marked
 * in two bits; the log is put in order when that is needed. So a use touches the end of the log and some bits that stay
 * in the nearest cache; a list would change three places, anywhere in memory when there are many numbers.
 *
 * <pre>
 *   log    [ number | number | ... | number | number | ... ]
 *            head                    ordered                 tail
 *            each once, and counts   every use since, in
 *            unless used since or    the order of the uses
 *            removed
 * </pre>
 *
 * <p>It is put in order when it is full, or none before {@code ordered} is left that is idle: from the newest use to
 * the oldest, each number the first time that it comes. If more than half are left it is made larger. So that takes a
 * use no longer, on the average, than looking at two entries.
 */
final class UseOrder {
    private static final int FIRST_WORDS = 1;
    private static final int ENTRIES_PER_NUMBER = 4;

    /** A bit for each number that was used and not removed. */
    private long[] members = new long[FIRST_WORDS];
    /** A bit for each number that is in the log behind {@code ordered}. */
    private long[] usedSince = new long[FIRST_WORDS];
    private int[] log = new int[FIRST_WORDS * Long.SIZE * ENTRIES_PER_NUMBER];
    private int head;
    private int ordered;
    private int tail;

    /** The number is the one that was used last. */
    void use(final int number) {
        if (tail == log.length) {
            putInOrder();
        }
        final int word = number / Long.SIZE;
        if (word >= members.length) {
            grow(word);
        }
        log[tail++] = number;
        members[word] |= 1L << number;
        usedSince[word] |= 1L << number;
    }

    private void grow(final int word) {
        final int length = Math.max(word + 1, members.length * 2);
        members = Arrays.copyOf(members, length);
        usedSince = Arrays.copyOf(usedSince, length);
    }

    void remove(final int number) {
        members[number / Long.SIZE] &= ~(1L << number);
    }

    /** The one of those that are idle whose last use is longest ago, or {@link Policy#NONE}. */
    int oldest(final Policy.Idle idle) {
        final int before = firstIdle(head, idle);
        if (before != Policy.NONE || ordered == tail) {
            return before;
        }
        return firstIdle(putInOrder(), idle);
    }

    private int firstIdle(final int from, final Policy.Idle idle) {
        int place = from;
        while (place < ordered && !(counts(log[place]) && idle.test(log[place]))) {
            place++;
        }
        closeUp(place);
        return place < ordered ? log[place] : Policy.NONE;
    }

    /** Those that are in use stay before that place, and nobody passes what does not count between them again. */
    private void closeUp(final int behind) {
        int to = behind;
        for (int place = behind - 1; place >= head; place--) {
            if (counts(log[place])) {
                log[--to] = log[place];
            }
        }
        head = to;
    }

    /** Of a number before {@code ordered}. */
    private boolean counts(final int number) {
        return (members[number / Long.SIZE] & ~usedSince[number / Long.SIZE] & (1L << number)) != 0;
    }

    /** Returns the place behind those that were before {@code ordered}. */
    private int putInOrder() {
        // Without branches, which nobody could predict: what does not count is overwritten by the next.
        int kept = 0;
        for (int place = head; place < ordered; place++) {
            final int number = log[place];
            log[kept] = number;
            kept += counts(number) ? 1 : 0;
        }
        int from = tail;
        for (int place = tail - 1; place >= ordered; place--) {
            final int number = log[place];
            final int word = number / Long.SIZE;
            final long isLast = members[word] & usedSince[word] & (1L << number);
            usedSince[word] &= ~(1L << number);
            log[from - 1] = number;
            from -= isLast != 0 ? 1 : 0;
        }
        System.arraycopy(log, from, log, kept, tail - from);
        tail = kept + tail - from;
        head = 0;
        ordered = tail;
        if (tail > log.length / 2) {
            log = Arrays.copyOf(log, tail * ENTRIES_PER_NUMBER);
        }
        return kept;
    }
}
