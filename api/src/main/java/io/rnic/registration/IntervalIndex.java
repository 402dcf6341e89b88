package io.rnic.registration;

import java.util.Arrays;

/**
 * An ordered index from long to int: a B+-tree in flat arrays. A search reads one node of a few cache lines at each of
 * log<sub>n</sub> levels; nothing is allocated but when it grows.
 *
 * <pre>
 *   inner   [ lower bound | child ] ...     a bound is not above the keys of its child
 *   leaf    [ key         | value ] ...     leaves are linked to both sides; none is empty but a single root
 * </pre>
 *
 * <p>A node that becomes empty is taken out of its parent; nodes that are only short are left as they are (Johnson and
 * Shasha, "B-trees with inserts and deletes: why free-at-empty is better than merge-at-half", 1993).
 */
final class IntervalIndex {
    /** What there is no value of. */
    static final int NONE = -1;

    private static final int WIDTH = 32;
    private static final int MAX_DEPTH = 32;

    private long[] keys = new long[WIDTH];
    private int[] values = new int[WIDTH];
    private int[] counts = new int[1];
    private int[] left = {NONE};
    private int[] right = {NONE};
    private int nodes = 1;
    private int free = NONE;
    private int root;
    private int depth;
    private final int[] path = new int[MAX_DEPTH];
    private final int[] places = new int[MAX_DEPTH];
    private int size;

    /** How many keys it holds. */
    int size() {
        return size;
    }

    /** How many nodes a search reads. */
    int levels() {
        return depth + 1;
    }

    /** The value of the largest key that is not above {@code key}, or {@link #NONE}. */
    int floor(final long key) {
        int node = root;
        for (int level = depth; level > 0; level--) {
            node = values[node * WIDTH + Math.max(0, place(node, key))];
        }
        final int at = place(node, key);
        if (at >= 0) {
            return values[node * WIDTH + at];
        }
        // The leaf's bound is not above the key, but what it was made for is gone.
        return left[node] == NONE ? NONE : values[left[node] * WIDTH + counts[left[node]] - 1];
    }

    /** The value of the smallest key that is not below {@code key}, or {@link #NONE}. */
    int ceiling(final long key) {
        int node = root;
        for (int level = depth; level > 0; level--) {
            node = values[node * WIDTH + Math.max(0, place(node, key))];
        }
        int at = place(node, key);
        if (at < 0 || keys[node * WIDTH + at] != key) {
            at++;
        }
        if (at < counts[node]) {
            return values[node * WIDTH + at];
        }
        return right[node] == NONE ? NONE : values[right[node] * WIDTH];
    }

    /** Adds a key, which is not there yet. */
    void add(final long key, final int value) {
        descend(key);
        long newKey = key;
        int newValue = value;
        for (int level = 0; level <= depth; level++) {
            final int node = path[level];
            final int at = places[level] + 1;
            if (counts[node] < WIDTH) {
                insert(node, at, newKey, newValue);
                size++;
                return;
            }
            final int sibling = split(node, level == 0);
            if (at > counts[node]) {
                insert(sibling, at - counts[node], newKey, newValue);
            } else {
                insert(node, at, newKey, newValue);
            }
            newKey = keys[sibling * WIDTH];
            newValue = sibling;
        }
        final int old = root;
        root = allocate();
        depth++;
        insert(root, 0, Long.MIN_VALUE, old);
        insert(root, 1, newKey, newValue);
        size++;
    }

    /** Removes a key; returns its value, or {@link #NONE}. */
    int remove(final long key) {
        descend(key);
        final int leaf = path[0];
        if (places[0] < 0 || keys[leaf * WIDTH + places[0]] != key) {
            return NONE;
        }
        final int value = values[leaf * WIDTH + places[0]];
        size--;
        for (int level = 0; level <= depth; level++) {
            final int node = path[level];
            delete(node, Math.max(0, places[level]));
            if (counts[node] > 0 || node == root) {
                break;
            }
            unlink(node);
        }
        while (depth > 0 && counts[root] == 1) {
            final int old = root;
            root = values[root * WIDTH];
            depth--;
            unlink(old);
        }
        return value;
    }

    /** Notes at each level, the leaf's being 0, which node is passed and at which place. */
    private void descend(final long key) {
        int node = root;
        for (int level = depth; level > 0; level--) {
            path[level] = node;
            places[level] = Math.max(0, place(node, key));
            node = values[node * WIDTH + places[level]];
        }
        path[0] = node;
        places[0] = place(node, key);
    }

    /** The place of the largest key that is not above {@code key}, or -1. */
    private int place(final int node, final long key) {
        final int base = node * WIDTH;
        int low = base;
        int length = counts[node];
        while (length > 1) {
            final int half = length >>> 1;
            low = keys[low + half] <= key ? low + half : low;
            length -= half;
        }
        return counts[node] == 0 || keys[low] > key ? low - base - 1 : low - base;
    }

    private void insert(final int node, final int at, final long key, final int value) {
        final int from = node * WIDTH + at;
        final int moved = counts[node]++ - at;
        System.arraycopy(keys, from, keys, from + 1, moved);
        System.arraycopy(values, from, values, from + 1, moved);
        keys[from] = key;
        values[from] = value;
    }

    private void delete(final int node, final int at) {
        final int to = node * WIDTH + at;
        final int moved = --counts[node] - at;
        System.arraycopy(keys, to + 1, keys, to, moved);
        System.arraycopy(values, to + 1, values, to, moved);
    }

    /** Moves the upper half of a node into a new one to its right. */
    private int split(final int node, final boolean leaf) {
        final int sibling = allocate();
        final int half = WIDTH / 2;
        System.arraycopy(keys, node * WIDTH + half, keys, sibling * WIDTH, half);
        System.arraycopy(values, node * WIDTH + half, values, sibling * WIDTH, half);
        counts[node] = half;
        counts[sibling] = half;
        if (leaf) {
            right[sibling] = right[node];
            left[sibling] = node;
            if (right[node] != NONE) {
                left[right[node]] = sibling;
            }
            right[node] = sibling;
        }
        return sibling;
    }

    private void unlink(final int node) {
        if (left[node] != NONE) {
            right[left[node]] = right[node];
        }
        if (right[node] != NONE) {
            left[right[node]] = left[node];
        }
        left[node] = NONE;
        right[node] = free;
        free = node;
    }

    private int allocate() {
        if (free != NONE) {
            final int node = free;
            free = right[node];
            right[node] = NONE;
            counts[node] = 0;
            return node;
        }
        if (nodes == counts.length) {
            keys = Arrays.copyOf(keys, keys.length * 2);
            values = Arrays.copyOf(values, values.length * 2);
            counts = Arrays.copyOf(counts, nodes * 2);
            left = Arrays.copyOf(left, nodes * 2);
            right = Arrays.copyOf(right, nodes * 2);
        }
        left[nodes] = NONE;
        right[nodes] = NONE;
        return nodes++;
    }
}
