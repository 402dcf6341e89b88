package io.rnic.emu.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which pages of this process are locked, and how often: {@code mlock(2)} does not count, so that unlocking one of two
 * overlapping regions would unlock the other's pages too.
 *
 * <p>Runs of neighbouring pages with the same count, by first page. One for the process, as the locks are.
 */
final class LockedPages {
    static final LockedPages PROCESS = new LockedPages(Libc.pageSize());

    private record Run(long end, int count) {
    }

    private final TreeMap<Long, Run> runs = new TreeMap<>();
    private final int pageSize;

    LockedPages(final int pageSize) {
        this.pageSize = pageSize;
    }

    /** Locks the pages from {@code first} (inclusive) to {@code end}; returns 0, or the errno and nothing is locked. */
    synchronized int lock(final long first, final long end) {
        final List<long[]> fresh = gaps(first, end);
        // All of it, also what should be locked already: memory that was unmapped and mapped again has lost its locks.
        final int errno = Libc.lock(first * pageSize, (end - first) * pageSize);
        if (errno != 0) {
            // A lock that fails may have locked a part.
            fresh.forEach(this::unlockNow);
            return errno;
        }
        split(first);
        split(end);
        runs.subMap(first, end).replaceAll((start, run) -> new Run(run.end, run.count + 1));
        fresh.forEach(gap -> runs.put(gap[0], new Run(gap[1], 1)));
        join(first);
        join(end);
        return 0;
    }

    /** Takes one lock of these pages back; those without another are unlocked. */
    synchronized void unlock(final long first, final long end) {
        split(first);
        split(end);
        final List<long[]> last = new ArrayList<>();
        runs.subMap(first, end).replaceAll((start, run) -> new Run(run.end, run.count - 1));
        runs.subMap(first, end).entrySet().removeIf(entry -> {
            if (entry.getValue().count == 0) {
                last.add(new long[] {entry.getKey(), entry.getValue().end});
                return true;
            }
            return false;
        });
        last.forEach(this::unlockNow);
        join(first);
        join(end);
    }

    /** How many bytes are locked, each page counted once. */
    synchronized long lockedBytes() {
        return runs.entrySet().stream().mapToLong(e -> e.getValue().end - e.getKey()).sum() * pageSize;
    }

    private void unlockNow(final long[] run) {
        Libc.unlock(run[0] * pageSize, (run[1] - run[0]) * pageSize);
    }

    private List<long[]> gaps(final long first, final long end) {
        final List<long[]> gaps = new ArrayList<>();
        long from = first;
        final Map.Entry<Long, Run> before = runs.floorEntry(first);
        if (before != null) {
            from = Math.max(from, before.getValue().end);
        }
        for (final Map.Entry<Long, Run> run : runs.subMap(first, end).entrySet()) {
            if (run.getKey() > from) {
                gaps.add(new long[] {from, run.getKey()});
            }
            from = Math.max(from, run.getValue().end);
        }
        if (from < end) {
            gaps.add(new long[] {from, end});
        }
        return gaps;
    }

    private void split(final long page) {
        final Map.Entry<Long, Run> run = runs.lowerEntry(page);
        if (run != null && run.getValue().end > page) {
            runs.put(run.getKey(), new Run(page, run.getValue().count));
            runs.put(page, run.getValue());
        }
    }

    private void join(final long page) {
        final Run right = runs.get(page);
        final Map.Entry<Long, Run> left = runs.lowerEntry(page);
        if (right != null && left != null && left.getValue().end == page && left.getValue().count == right.count) {
            runs.remove(page);
            runs.put(left.getKey(), right);
        }
    }
}
