package io.rnic.bench.regcache.sim;

import io.rnic.registration.LongIntMap;
import java.util.Arrays;

/** A set of page numbers: a bit for each, in words that are made when a page of theirs comes. */
public final class PageSet {
    private static final int FIRST_WORDS = 64;

    private final LongIntMap places = new LongIntMap();
    private long[] words = new long[FIRST_WORDS];
    private long[] numbers = new long[FIRST_WORDS];
    private long size;

    /** An empty set. */
    public PageSet() {
        // The arrays are all there is.
    }

    /** How many pages it holds. */
    public long size() {
        return size;
    }

    /** Adds the pages from first to before end; returns how many are new. */
    public long add(final long first, final long end) {
        final long before = size;
        for (long page = first; page < end; ) {
            final long number = page >>> 6;
            final long next = Math.min(end, (number + 1) << 6);
            final long bits = (-1L << page) & (-1L >>> -next);
            final int place = place(number);
            size += Long.bitCount(bits & ~words[place]);
            words[place] |= bits;
            page = next;
        }
        return size - before;
    }

    /** The runs of pages in a row, in order: each run's first page and the page behind its last. */
    public long[][] runs() {
        final Integer[] order = new Integer[places.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (left, right) -> Long.compare(numbers[left], numbers[right]));
        long[][] runs = new long[FIRST_WORDS][];
        int count = 0;
        for (final int place : order) {
            long bits = words[place];
            while (bits != 0) {
                final int from = Long.numberOfTrailingZeros(bits);
                final int length = Long.numberOfTrailingZeros(~(bits >>> from));
                final long first = (numbers[place] << 6) + from;
                if (count > 0 && runs[count - 1][1] == first) {
                    runs[count - 1][1] = first + length;
                } else {
                    runs = count < runs.length ? runs : Arrays.copyOf(runs, count * 2);
                    runs[count++] = new long[] {first, first + length};
                }
                bits = from + length == Long.SIZE ? 0 : bits & (-1L << (from + length));
            }
        }
        return Arrays.copyOf(runs, count);
    }

    private int place(final long number) {
        final int place = places.get(number);
        if (place != LongIntMap.NONE) {
            return place;
        }
        final int fresh = places.size();
        if (fresh == words.length) {
            words = Arrays.copyOf(words, fresh * 2);
            numbers = Arrays.copyOf(numbers, fresh * 2);
        }
        numbers[fresh] = number;
        places.put(number, fresh);
        return fresh;
    }
}
