package io.rnic.registration;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Leads from an address to the region that most likely contains it, at the price of one cache line. A hint may lead
 * nowhere, or to a region that is the wrong one or gone: who follows it looks. So it may be read while it is changed.
 *
 * <pre>
 *   slot of hash(address / granule, granule)        a region of n pages has granules of 8^k pages, 8^k &lt;= n:
 *   slots  [ . | . | . | . ][ . | . | . | . ] ...   at most nine lead to it
 *            in fours, 16 bytes: of four that fall together none drives another out
 * </pre>
 *
 * <p>A region has its granules in as far as requests began in them. Changes are made by one thread at a time.
 */
final class RegionHints {
    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final int FIRST_BITS = 10;
    /** Of 2.0 to 4.0 for each region 1.7 to 0.3 in a hundred find no place, if regions lie at random. */
    private static final int SLOTS_PER_REGION = 2;
    private static final int TOGETHER = 4;
    private static final int GRANULE_BITS = 3;

    private final int pageShift;
    private volatile @Nullable CachedRegion[] slots = new CachedRegion[1 << FIRST_BITS];
    /** A bit for each size of granule that has been used: the binary logarithm of its bytes. */
    private volatile long granules;

    /** No hints; a page has {@code 1 << pageShift} bytes. */
    RegionHints(final int pageShift) {
        this.pageShift = pageShift;
    }

    /** The region that serves what is from one address to before another, as far as hints tell. */
    @Nullable CachedRegion find(final long from, final long to, final MemorySegment segment) {
        final @Nullable CachedRegion[] table = slots;
        for (long sizes = granules; sizes != 0; sizes &= sizes - 1) {
            final int at = slot(from, Long.numberOfTrailingZeros(sizes), table.length);
            for (int i = 0; i < TOGETHER; i++) {
                final CachedRegion likely = table[at ^ i];
                if (likely != null && likely.serves(from, to, segment)) {
                    return likely;
                }
            }
        }
        return null;
    }

    private static int slot(final long address, final int shift, final int length) {
        return (int) ((((address >>> shift) ^ ((long) shift << 56)) * MIX) >>> (Long.numberOfLeadingZeros(length) + 1));
    }

    private int granule(final CachedRegion region) {
        final long pages = Math.max(1, region.length() >>> pageShift);
        final int bits = Long.SIZE - 1 - Long.numberOfLeadingZeros(pages);
        return pageShift + bits / GRANULE_BITS * GRANULE_BITS;
    }

    /** Lets requests that begin there find the region. */
    void put(final CachedRegion region, final long from) {
        final int shift = granule(region);
        put(slots, slot(from, shift, slots.length), region);
        granules |= 1L << shift;
    }

    /** Puts it first of those that fall together; if they were four already, the last has to go. */
    private static void put(final @Nullable CachedRegion[] table, final int at, final CachedRegion region) {
        if (isAt(table, at, region)) {
            return;
        }
        CachedRegion moved = region;
        for (int i = 0; i < TOGETHER && moved != null; i++) {
            final CachedRegion next = table[at ^ i];
            table[at ^ i] = moved;
            moved = next;
        }
    }

    private static boolean isAt(final @Nullable CachedRegion[] table, final int at, final CachedRegion region) {
        for (int i = 0; i < TOGETHER; i++) {
            if (table[at ^ i] == region) {
                return true;
            }
        }
        return false;
    }

    /** Lets nobody find the region; nothing of its memory is held any more. */
    void remove(final CachedRegion region) {
        final @Nullable CachedRegion[] table = slots;
        final int shift = granule(region);
        for (long granule = region.from() >>> shift; granule <= region.last() >>> shift; granule++) {
            final int at = slot(granule << shift, shift, table.length);
            for (int i = 0; i < TOGETHER; i++) {
                table[at ^ i] = table[at ^ i] == region ? null : table[at ^ i];
            }
        }
    }

    /** Makes room for that many regions; those that are known are given. */
    void reserve(final int count, final @Nullable CachedRegion[] regions) {
        final @Nullable CachedRegion[] old = slots;
        if ((long) count * SLOTS_PER_REGION <= old.length || old.length == 1 << 30) {
            return;
        }
        final @Nullable CachedRegion[] larger = new CachedRegion[old.length * 2];
        for (final CachedRegion region : regions) {
            if (region != null) {
                move(region, old, larger);
            }
        }
        slots = larger;
    }

    private void move(final CachedRegion region, final @Nullable CachedRegion[] old,
        final @Nullable CachedRegion[] larger) {
        final int shift = granule(region);
        for (long granule = region.from() >>> shift; granule <= region.last() >>> shift; granule++) {
            final int at = slot(granule << shift, shift, old.length);
            if (isAt(old, at, region)) {
                put(larger, slot(granule << shift, shift, larger.length), region);
            }
        }
    }
}
