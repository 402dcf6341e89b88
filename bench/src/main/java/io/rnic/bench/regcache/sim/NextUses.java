package io.rnic.bench.regcache.sim;

import io.rnic.registration.LongIntMap;
import java.util.Arrays;

/**
 * When pages that were registered for a request serve another: the next request that lies inside of it. If a trace has
 * too many requests that lie inside of others, only requests for just the same pages count: what uses it evicts less
 * well then, and still may.
 */
final class NextUses {
    static final int NEVER = Integer.MAX_VALUE;

    private static final long MAX_TIMES = 60_000_000;

    private final int[] intervalOf;
    private final long[] first;
    private final long[] end;
    private final int[][] times;

    NextUses(final RecordedTrace trace) {
        intervalOf = new int[trace.size()];
        final LongIntMap numbers = new LongIntMap();
        long[] firsts = new long[1024];
        long[] ends = new long[1024];
        int count = 0;
        for (int i = 0; i < trace.size(); i++) {
            final long from = trace.first(i);
            final long to = from + trace.count(i);
            // Two that share a key by chance are taken for one; their uses are foreseen less well.
            final long key = from ^ ((to - from) << 40);
            int number = numbers.get(key);
            if (number == LongIntMap.NONE) {
                number = count++;
                numbers.put(key, number);
                if (number == firsts.length) {
                    firsts = Arrays.copyOf(firsts, number * 2);
                    ends = Arrays.copyOf(ends, number * 2);
                }
                firsts[number] = from;
                ends[number] = to;
            }
            intervalOf[i] = number;
        }
        first = Arrays.copyOf(firsts, count);
        end = Arrays.copyOf(ends, count);
        times = contained(exact(count));
    }

    /** The requests of each interval. */
    private int[][] exact(final int count) {
        final int[] sizes = new int[count];
        for (final int interval : intervalOf) {
            sizes[interval]++;
        }
        final int[][] exact = new int[count][];
        Arrays.setAll(exact, i -> new int[sizes[i]]);
        Arrays.fill(sizes, 0);
        for (int i = 0; i < intervalOf.length; i++) {
            exact[intervalOf[i]][sizes[intervalOf[i]]++] = i;
        }
        return exact;
    }

    /** The requests that lie inside of each interval. */
    private int[][] contained(final int[][] exact) {
        final Integer[] order = new Integer[first.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (left, right) -> Long.compare(first[left], first[right]));
        final int[][] all = new int[first.length][];
        long total = 0;
        for (int i = 0; i < order.length; i++) {
            final int outer = order[i];
            int begin = i;
            while (begin > 0 && first[order[begin - 1]] == first[outer]) {
                begin--;
            }
            int[] merged = exact[outer];
            for (int k = begin; k < order.length && first[order[k]] < end[outer]; k++) {
                final int inner = order[k];
                if (inner != outer && end[inner] <= end[outer]) {
                    final int old = merged.length;
                    merged = Arrays.copyOf(merged, old + exact[inner].length);
                    System.arraycopy(exact[inner], 0, merged, old, exact[inner].length);
                }
            }
            total += merged.length;
            if (total > MAX_TIMES) {
                return exact;
            }
            if (merged.length > exact[outer].length) {
                Arrays.sort(merged);
            }
            all[outer] = merged;
        }
        return all;
    }

    int intervalOf(final int request) {
        return intervalOf[request];
    }

    /** The first request after that one that lies inside of the interval, or {@link #NEVER}. */
    int after(final int interval, final int request) {
        final int[] of = times[interval];
        final int found = Arrays.binarySearch(of, request + 1);
        final int at = found >= 0 ? found : -found - 1;
        return at < of.length ? of[at] : NEVER;
    }
}
