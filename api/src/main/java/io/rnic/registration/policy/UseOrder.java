package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import java.util.Arrays;

/**
 * Numbers in the order of their last use. A use is written at the end of a log, whose beginning goes as it turns out
 * to be outdated: an entry counts if its number was not used after it. So a use reads nothing and writes two places, of
 * which one is the next to the last use's; a list would change three, anywhere in memory when there are many numbers,
 * and be waited for.
 *
 * <pre>
 *   log    [ ... | number | number | ... ]    head: the oldest entry that may count, tail: behind the newest
 *   last   [ place in the log of a number's last use, or -1 ] ...
 * </pre>
 *
 * <p>A full log is written anew without the entries that do not count: at least half of them, or it is made larger. So
 * that takes a use no longer, on the average, than looking at two entries.
 */
final class UseOrder {
    private static final int NONE = -1;
    private static final int FIRST_NUMBERS = 64;
    private static final int ENTRIES_PER_NUMBER = 4;

    private int[] last = new int[FIRST_NUMBERS];
    private int[] log = new int[FIRST_NUMBERS * ENTRIES_PER_NUMBER];
    private int head;
    private int tail;

    UseOrder() {
        Arrays.fill(last, NONE);
    }

    /** The number is the one that was used last. */
    void use(final int number) {
        if (tail == log.length) {
            tidy();
        }
        if (number >= last.length) {
            grow(number);
        }
        put(number, tail++);
    }

    private void grow(final int number) {
        final int old = last.length;
        last = Arrays.copyOf(last, Math.max(number + 1, old * 2));
        Arrays.fill(last, old, last.length, NONE);
    }

    private void tidy() {
        int kept = 0;
        // Without a branch, which nobody could predict: what does not count is overwritten by the next.
        for (int place = head; place < tail; place++) {
            final int number = log[place];
            final int lastUse = last[number];
            log[kept] = number;
            last[number] = lastUse == place ? kept : lastUse;
            kept += lastUse == place ? 1 : 0;
        }
        head = 0;
        tail = kept;
        if (kept > log.length / 2) {
            log = Arrays.copyOf(log, kept * ENTRIES_PER_NUMBER);
        }
    }

    void remove(final int number) {
        last[number] = NONE;
    }

    /** The one of those that are idle whose last use is longest ago, or {@link Policy#NONE}. */
    int oldest(final Policy.Idle idle) {
        int place = head;
        while (place < tail && !(counts(place) && idle.test(log[place]))) {
            place++;
        }
        closeUp(place);
        return place < tail ? log[place] : Policy.NONE;
    }

    /** Those that are in use stay before that place, and nobody passes what is outdated between them again. */
    private void closeUp(final int behind) {
        int to = behind;
        for (int place = behind - 1; place >= head; place--) {
            if (counts(place)) {
                put(log[place], --to);
            }
        }
        head = to;
    }

    private boolean counts(final int place) {
        return last[log[place]] == place;
    }

    private void put(final int number, final int place) {
        log[place] = number;
        last[number] = place;
    }
}
