package io.rnic.registration.policy;

import io.rnic.registration.LongIntMap;
import java.util.Arrays;

/** Keys of regions that were evicted, with their pages, in lists from old to new. */
final class Ghosts {
    private static final int FIRST_NUMBERS = 64;

    private final Chains chains;
    private final LongIntMap numbers = new LongIntMap();
    private long[] keys = new long[FIRST_NUMBERS];
    private int[] free = new int[FIRST_NUMBERS];
    private int freeCount;
    private int used;

    Ghosts(final int lists) {
        chains = new Chains(lists);
    }

    /** The list that remembers the key, or {@link Chains#NONE}. */
    int listOf(final long key) {
        final int number = numbers.get(key);
        return number == LongIntMap.NONE ? Chains.NONE : chains.listOf(number);
    }

    /** The pages of all that the list remembers. */
    long pages(final int list) {
        return chains.pages(list);
    }

    /** Remembers a key as the newest of a list. */
    void add(final int list, final long key, final int pages) {
        forget(key);
        final int number = allocate();
        keys[number] = key;
        numbers.put(key, number);
        chains.add(list, number, pages);
    }

    void forget(final long key) {
        final int number = numbers.remove(key);
        if (number != LongIntMap.NONE) {
            chains.remove(number);
            free[freeCount++] = number;
        }
    }

    /** Forgets the oldest of a list while it remembers more pages than that. */
    void trim(final int list, final long pages) {
        while (chains.pages(list) > Math.max(0, pages)) {
            forget(keys[chains.oldest(list)]);
        }
    }

    private int allocate() {
        if (freeCount > 0) {
            return free[--freeCount];
        }
        if (used == keys.length) {
            keys = Arrays.copyOf(keys, used * 2);
            free = Arrays.copyOf(free, used * 2);
        }
        return used++;
    }
}
