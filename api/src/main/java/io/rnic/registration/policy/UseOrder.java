package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import java.util.Arrays;

/**
 * Numbers in the order of their last use: a linked list of 8 bytes a number. A use changes three places of it, which
 * are anywhere in memory when there are many numbers; so uses are gathered, and those of a batch read their places
 * together before the first of them changes one: the processor waits for all of them once. Nothing that is asked
 * depends on it.
 *
 * <pre>
 *   links   [ newest | oldest ][ older | newer ] ...     node 2 + 2 · number; of one that is in no list both are 0
 * </pre>
 */
final class UseOrder {
    private static final int FIRST_NUMBERS = 64;
    private static final int BATCH = 32;
    private static final int ENDS = 0;

    private int[] links = new int[2 * FIRST_NUMBERS];
    private final int[] waiting = new int[BATCH];
    private int waitingCount;

    /** The number is the one that was used last. */
    void use(final int number) {
        waiting[waitingCount++] = 2 * number + 2;
        if (waitingCount == BATCH) {
            settle();
        }
    }

    private void settle() {
        final int count = waitingCount;
        waitingCount = 0;
        int read = 0;
        for (int i = 0; i < count; i++) {
            final int node = waiting[i];
            if (node >= links.length) {
                links = Arrays.copyOf(links, Math.max(node + 2, links.length * 2));
            }
            read += links[links[node]] + links[links[node + 1]];
        }
        for (int i = 0; i < count; i++) {
            moveToNewest(links, waiting[i]);
        }
        // What is read for nothing is not read at all: the compiler sees to that.
        waiting[0] = read;
    }

    private static void moveToNewest(final int[] all, final int node) {
        final int older = all[node];
        final int newer = all[node + 1];
        if (newer == ENDS && all[ENDS] == node) {
            return;
        }
        if (older != ENDS || newer != ENDS) {
            all[older + 1] = newer;
            all[newer] = older;
        }
        final int last = all[ENDS];
        all[node] = last;
        all[node + 1] = ENDS;
        all[last + 1] = node;
        all[ENDS] = node;
    }

    void remove(final int number) {
        settle();
        final int node = 2 * number + 2;
        links[links[node] + 1] = links[node + 1];
        links[links[node + 1]] = links[node];
        links[node] = ENDS;
        links[node + 1] = ENDS;
    }

    /** The one of those that are idle whose last use is longest ago, or {@link Policy#NONE}. */
    int oldest(final Policy.Idle idle) {
        settle();
        int node = links[ENDS + 1];
        while (node != ENDS && !idle.test(node / 2 - 1)) {
            node = links[node + 1];
        }
        return node / 2 - 1;
    }
}
