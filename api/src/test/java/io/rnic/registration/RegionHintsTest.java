package io.rnic.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.registration.policy.Policies;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hints for regions that lie at random, as many as there is room for. */
class RegionHintsTest {
    private static final int PAGE_SHIFT = 12;
    private static final int REGIONS = 20_000;
    private static final int PAGES = 10_000_000;

    private final RegistrationCache cache = new RegistrationCache(proxy(ProtectionDomain.class, 0, 0),
        Policies.find("lru", getClass().getClassLoader()).apply(new PolicyContext(1, CostModel.MLOCK)),
        CacheLimits.ofPages(1));
    private final RegionHints hints = new RegionHints(PAGE_SHIFT);
    private final List<CachedRegion> regions = new ArrayList<>();

    private static <T> T proxy(final Class<T> type, final long address, final long length) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, arguments) -> switch (method.getName()) {
                case "address" -> address;
                case "length" -> length;
                default -> 1; // a key
            }));
    }

    /** Regions of one page, and every tenth of many. */
    private void register() {
        final SplittableRandom random = new SplittableRandom(11);
        final TreeSet<Integer> pages = new TreeSet<>();
        while (pages.size() < REGIONS) {
            pages.add(1 + random.nextInt(PAGES));
        }
        for (final int page : pages) {
            final Integer next = pages.higher(page);
            final int count = next == null || random.nextInt(10) > 0 ? 1 : next - page;
            final MemoryRegion memory =
                proxy(MemoryRegion.class, (long) page << PAGE_SHIFT, (long) count << PAGE_SHIFT);
            final CachedRegion region = new CachedRegion();
            region.begin(memory, new LeaseState.Home(cache, MemorySegment.NULL.scope()), regions.size());
            region.serveBefore(Long.MAX_VALUE);
            regions.add(region);
            hints.reserve(regions.size(), regions.toArray(CachedRegion[]::new));
            hints.put(region, region.from());
        }
        // As requests do that find no hint: while there were fewer slots, some drove others out.
        for (final CachedRegion region : regions) {
            if (find(region) == null) {
                hints.put(region, region.from());
            }
        }
    }

    private @Nullable CachedRegion find(final CachedRegion region) {
        return hints.find(region.from(), region.from() + 1, MemorySegment.NULL);
    }

    @Test
    void shouldLeadToNearlyAllAndToNoOther() {
        register();
        int found = 0;
        for (final CachedRegion region : regions) {
            final CachedRegion hinted = find(region);
            assertThat(hinted == null || hinted == region).as("the right one or none").isTrue();
            found += hinted == region ? 1 : 0;
        }
        assertThat(found).isGreaterThan(REGIONS * 97 / 100);
    }

    /** Its end is not known to the byte: what is too much is not served. */
    @Test
    void shouldServeWholePagesOfALongRegion() {
        final long from = 1L << 40;
        final long length = (5L << 30) + 100;
        final CachedRegion region = new CachedRegion();
        final LeaseState.Home home = new LeaseState.Home(cache, MemorySegment.NULL.scope());
        region.begin(proxy(MemoryRegion.class, from, length), home, 0);
        region.serveBefore(from + (4L << 30));
        for (long begin = from; begin < from + length; begin += 1L << 30) {
            hints.put(region, begin);
        }
        final long behind = from + (4L << 30);
        assertThat(hints.find(from, from + length - 100, MemorySegment.NULL)).isSameAs(region);
        assertThat(hints.find(behind - 1, behind + 1, MemorySegment.NULL)).isSameAs(region);
        assertThat(hints.find(behind, behind + 1, MemorySegment.NULL)).isNull();
        assertThat(hints.find(behind - 1, from + length + 1, MemorySegment.NULL)).isNull();
        assertThat(hints.find(from - 1, from + 1, MemorySegment.NULL)).isNull();
        assertThat(region.last()).isBetween(from + length - 1, from + length + (1L << PAGE_SHIFT));
        hints.remove(region);
        assertThat(hints.find(from, from + 1, MemorySegment.NULL)).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4095, 4097, Integer.MAX_VALUE, 1L << 31, (1L << 31) + 1, (1L << 31) + 4096, 1L << 42,
        (1L << 43) - 4096, (1L << 43) + 8192})
    void shouldServeNothingBehindARegion(final long length) {
        final long from = 1L << 40;
        final CachedRegion region = new CachedRegion();
        final LeaseState.Home home = new LeaseState.Home(cache, MemorySegment.NULL.scope());
        region.begin(proxy(MemoryRegion.class, from, length), home, 0);
        region.serveBefore(Long.MAX_VALUE);
        final long known = length <= Integer.MAX_VALUE ? length : Math.min(length, (1L << 43) - 4096) & -4096;
        assertThat(region.serves(from, from + known, MemorySegment.NULL)).isTrue();
        assertThat(region.serves(from, from + length + 1, MemorySegment.NULL)).isFalse();
        assertThat(region.serves(from + length, from + length + 1, MemorySegment.NULL)).isFalse();
        assertThat(region.serves(from + known - 1, from + known, MemorySegment.NULL)).isTrue();
    }

    @Test
    void shouldLeadToTheOneThatWasPutLast() {
        register();
        for (final CachedRegion region : regions) {
            hints.remove(region);
            hints.put(region, region.from());
            assertThat(find(region)).isSameAs(region);
        }
    }

    @Test
    void shouldLeadToNoneThatWasRemoved() {
        register();
        for (int i = 0; i < REGIONS; i += 2) {
            final CachedRegion region = regions.get(i);
            for (long page = region.from(); page <= region.last(); page += 1L << PAGE_SHIFT) {
                hints.put(region, page);
            }
            hints.remove(region);
            for (long page = region.from(); page <= region.last(); page += 1L << PAGE_SHIFT) {
                assertThat(hints.find(page, page + 1, MemorySegment.NULL)).as("page 0x%x", page).isNull();
            }
        }
        int found = 0;
        for (int i = 0; i < REGIONS; i++) {
            final CachedRegion hinted = find(regions.get(i));
            assertThat(hinted == null || (i % 2 == 1 && hinted == regions.get(i))).as("region %d", i).isTrue();
            found += hinted == null ? 0 : 1;
        }
        assertThat(found).isGreaterThan(REGIONS / 2 * 97 / 100);
    }
}
