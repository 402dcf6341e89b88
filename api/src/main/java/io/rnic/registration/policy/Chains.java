package io.rnic.registration.policy;

import java.util.Arrays;

/**
 * Lists of numbers from old to new, in flat arrays; a number is in one list at most. All operations take the same time,
 * however long the lists are.
 *
 * <pre>
 *   node 0 .. lists-1     the ends of the lists: older = newest, newer = oldest
 *   node lists + number   a number; list = -1 while it is in none
 * </pre>
 */
final class Chains {
    static final int NONE = -1;

    private static final int FIRST_NUMBERS = 64;

    private final int lists;
    private final long[] pages;
    private int[] older;
    private int[] newer;
    private int[] list;
    private int[] sizes;

    Chains(final int lists) {
        this.lists = lists;
        pages = new long[lists];
        older = new int[lists + FIRST_NUMBERS];
        newer = new int[lists + FIRST_NUMBERS];
        list = new int[lists + FIRST_NUMBERS];
        sizes = new int[lists + FIRST_NUMBERS];
        Arrays.fill(list, NONE);
        for (int i = 0; i < lists; i++) {
            older[i] = i;
            newer[i] = i;
        }
    }

    /** The pages of all in the list. */
    long pages(final int whichList) {
        return pages[whichList];
    }

    boolean isEmpty(final int whichList) {
        return newer[whichList] == whichList;
    }

    /** The list that holds the number, or {@link #NONE}. */
    int listOf(final int number) {
        return lists + number < list.length ? list[lists + number] : NONE;
    }

    /** The pages that the number was added with. */
    int pagesOf(final int number) {
        return sizes[lists + number];
    }

    /** The oldest number of the list, or {@link #NONE}. */
    int oldest(final int whichList) {
        return number(newer[whichList]);
    }

    /** The next newer one in the same list, or {@link #NONE}. */
    int next(final int number) {
        return number(newer[lists + number]);
    }

    private int number(final int node) {
        return node < lists ? NONE : node - lists;
    }

    /** Adds a number, which is in no list, as the newest. */
    void add(final int whichList, final int number, final int numberPages) {
        final int node = lists + number;
        if (node >= list.length) {
            grow(node);
        }
        list[node] = whichList;
        sizes[node] = numberPages;
        pages[whichList] += numberPages;
        final int last = older[whichList];
        older[node] = last;
        newer[node] = whichList;
        newer[last] = node;
        older[whichList] = node;
    }

    /** Takes a number out of its list. */
    void remove(final int number) {
        final int node = lists + number;
        pages[list[node]] -= sizes[node];
        list[node] = NONE;
        newer[older[node]] = newer[node];
        older[newer[node]] = older[node];
    }

    /** Makes a number the newest of a list, its own or another. */
    void move(final int whichList, final int number) {
        remove(number);
        add(whichList, number, sizes[lists + number]);
    }

    private void grow(final int node) {
        final int length = Math.max(node + 1, list.length * 2);
        final int old = list.length;
        older = Arrays.copyOf(older, length);
        newer = Arrays.copyOf(newer, length);
        sizes = Arrays.copyOf(sizes, length);
        list = Arrays.copyOf(list, length);
        Arrays.fill(list, old, length, NONE);
    }
}
