package io.rnic.registration.policy;

import java.util.Arrays;

/**
 * Lists of numbers from old to new, in flat arrays; a number is in one list at most. All operations take the same time,
 * however long the lists are.
 *
 * <pre>
 *   node 0 .. lists-1     the ends of the lists: older = newest, newer = oldest
 *   node lists + number   a number
 *
 *   a node                [ older | newer | list, or -1 while it is in none | pages ]     16 bytes, in one cache line
 * </pre>
 */
final class Chains {
    static final int NONE = -1;

    private static final int FIRST_NUMBERS = 64;
    private static final int NODE_BITS = 2;
    private static final int OLDER = 0;
    private static final int NEWER = 1;
    private static final int LIST = 2;
    private static final int PAGES = 3;

    private final int lists;
    private final long[] pages;
    private int[] nodes;

    Chains(final int lists) {
        this.lists = lists;
        pages = new long[lists];
        nodes = new int[(lists + FIRST_NUMBERS) << NODE_BITS];
        Arrays.fill(nodes, NONE);
        for (int i = 0; i < lists; i++) {
            nodes[field(i, OLDER)] = i;
            nodes[field(i, NEWER)] = i;
        }
    }

    private static int field(final int node, final int which) {
        return (node << NODE_BITS) + which;
    }

    private int at(final int number, final int which) {
        return nodes[field(lists + number, which)];
    }

    /** The pages of all in the list. */
    long pages(final int whichList) {
        return pages[whichList];
    }

    boolean isEmpty(final int whichList) {
        return nodes[field(whichList, NEWER)] == whichList;
    }

    /** The list that holds the number, or {@link #NONE}. */
    int listOf(final int number) {
        return lists + number < nodes.length >> NODE_BITS ? at(number, LIST) : NONE;
    }

    /** The pages that the number was added with. */
    int pagesOf(final int number) {
        return at(number, PAGES);
    }

    /** The oldest number of the list, or {@link #NONE}. */
    int oldest(final int whichList) {
        return number(nodes[field(whichList, NEWER)]);
    }

    /** The next newer one in the same list, or {@link #NONE}. */
    int next(final int number) {
        return number(at(number, NEWER));
    }

    private int number(final int node) {
        return node < lists ? NONE : node - lists;
    }

    /** Adds a number, which is in no list, as the newest. */
    void add(final int whichList, final int number, final int numberPages) {
        final int node = lists + number;
        if (node >= nodes.length >> NODE_BITS) {
            grow(node);
        }
        nodes[field(node, LIST)] = whichList;
        nodes[field(node, PAGES)] = numberPages;
        pages[whichList] += numberPages;
        link(whichList, node);
    }

    /** Takes a number out of its list. */
    void remove(final int number) {
        final int node = lists + number;
        pages[nodes[field(node, LIST)]] -= nodes[field(node, PAGES)];
        nodes[field(node, LIST)] = NONE;
        unlink(node);
    }

    /** Makes a number the newest of a list, its own or another. */
    void move(final int whichList, final int number) {
        final int node = lists + number;
        if (nodes[field(node, LIST)] != whichList) {
            remove(number);
            add(whichList, number, at(number, PAGES));
        } else if (nodes[field(node, NEWER)] != whichList) {
            unlink(node);
            link(whichList, node);
        }
    }

    private void unlink(final int node) {
        final int older = nodes[field(node, OLDER)];
        final int newer = nodes[field(node, NEWER)];
        nodes[field(older, NEWER)] = newer;
        nodes[field(newer, OLDER)] = older;
    }

    private void link(final int whichList, final int node) {
        final int last = nodes[field(whichList, OLDER)];
        nodes[field(node, OLDER)] = last;
        nodes[field(node, NEWER)] = whichList;
        nodes[field(last, NEWER)] = node;
        nodes[field(whichList, OLDER)] = node;
    }

    private void grow(final int node) {
        final int old = nodes.length;
        nodes = Arrays.copyOf(nodes, Math.max((node + 1) << NODE_BITS, old * 2));
        Arrays.fill(nodes, old, nodes.length, NONE);
    }
}
