package io.rnic.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.registration.policy.Policies;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table beside a list of intervals that is searched from end to end. */
class RegionTableTest {
    private static final CostModel COSTS = CostModel.MLOCK;

    /** What is registered, by what the table has asked for. */
    private static final class Registered implements RegionTable.Registrar {
        private final Map<Integer, long[]> regions = new HashMap<>();
        private final Set<Integer> leased = new HashSet<>();
        private int refusals;
        private int deregistrations;
        private long mostAtOnce = Long.MAX_VALUE;

        @Override
        public boolean register(final int region, final long from, final long to) {
            if (refusals > 0 || to - from > mostAtOnce) {
                refusals--;
                return false;
            }
            assertThat(regions.put(region, new long[] {from, to})).isNull();
            return true;
        }

        @Override
        public boolean deregister(final int region) {
            deregistrations++;
            assertThat(regions.remove(region)).isNotNull();
            return !leased.remove(region);
        }

        @Override
        public boolean isIdle(final int region) {
            return !leased.contains(region);
        }

        long pages() {
            return regions.values().stream().mapToLong(region -> region[1] - region[0]).sum();
        }

        boolean contains(final long from, final long to) {
            return regions.values().stream().anyMatch(region -> region[0] <= from && region[1] >= to);
        }
    }

    private static RegionTable table(final String policy, final CacheLimits limits, final Registered registered) {
        return new RegionTable(Policies.find(policy, RegionTableTest.class.getClassLoader())
            .apply(new PolicyContext(limits.pages(), COSTS)), limits, registered, 0);
    }

    static Stream<String> cachingPolicies() {
        return Policies.names().stream().filter(name -> Policies.find(name, RegionTableTest.class.getClassLoader())
            .apply(new PolicyContext(100, COSTS)).mode() == RegistrationMode.CACHED);
    }

    @ParameterizedTest
    @MethodSource("cachingPolicies")
    void shouldHitWhatIsContainedAndKeepTheLimits(final String policy) {
        for (final boolean merge : new boolean[] {false, true}) {
            final SplittableRandom random = new SplittableRandom(7);
            final Registered registered = new Registered();
            final CacheLimits limits = CacheLimits.ofPages(300).withRegions(40).withMerge(merge).withBatch(3);
            final RegionTable table = table(policy, limits, registered);
            int hits = 0;
            for (int i = 0; i < 20_000; i++) {
                final long from = random.nextInt(10) < 7 ? random.nextLong(200) : random.nextLong(5000);
                final long to = from + 1 + random.nextInt(16);
                final int found = table.find(from, to);
                assertThat(found != RegionTable.NONE).as("step %d", i).isEqualTo(registered.contains(from, to));
                if (found != RegionTable.NONE) {
                    hits++;
                    table.hit(found);
                } else {
                    final int added = table.add(from, to, 0, 6000);
                    assertThat(added).isNotEqualTo(RegionTable.NONE);
                    assertThat(table.first(added)).isLessThanOrEqualTo(from);
                    assertThat(table.end(added)).isGreaterThanOrEqualTo(to).isLessThanOrEqualTo(6000);
                }
                assertThat(table.registeredPages()).isEqualTo(registered.pages()).isLessThanOrEqualTo(300);
                assertThat(table.regions()).isEqualTo(registered.regions.size()).isLessThanOrEqualTo(40);
            }
            assertThat(hits).isGreaterThan(1000);
        }
    }

    @ParameterizedTest
    @MethodSource("cachingPolicies")
    void shouldNeverGiveUpWhatIsLeased(final String policy) {
        final SplittableRandom random = new SplittableRandom(8);
        final Registered registered = new Registered();
        final RegionTable table = table(policy, CacheLimits.ofPages(64), registered);
        final long[] leases = {3, 77, 1001};
        for (final long page : leases) {
            registered.leased.add(table.add(page, page + 8, page, page + 8));
        }
        for (int i = 0; i < 5000; i++) {
            final long from = 2000 + random.nextLong(500);
            if (table.find(from, from + 4) == RegionTable.NONE) {
                assertThat(table.add(from, from + 4, 2000, 3000)).isNotEqualTo(RegionTable.NONE);
            }
            for (final long page : leases) {
                assertThat(registered.contains(page, page + 8)).isTrue();
            }
        }
        // All that could make room is in use.
        registered.leased.addAll(registered.regions.keySet());
        final int before = registered.regions.size();
        assertThat(table.add(9000, 9064, 9000, 9064)).isEqualTo(RegionTable.NONE);
        assertThat(registered.regions).hasSize(before);
    }

    @Test
    void shouldGiveUpAnotherAndAskAgainWhenTheSystemLocksNoMore() {
        final Registered registered = new Registered();
        final RegionTable table = table("lru", CacheLimits.ofPages(100), registered);
        table.add(0, 1, 0, 100);
        table.add(10, 11, 0, 100);
        registered.refusals = 2;
        assertThat(table.add(20, 21, 0, 100)).isNotEqualTo(RegionTable.NONE);
        assertThat(registered.deregistrations).isEqualTo(2);
        registered.refusals = 2;
        assertThat(table.add(30, 31, 0, 100)).isEqualTo(RegionTable.NONE);
        assertThat(table.registeredPages()).isZero();
    }

    @Test
    void shouldCountThePagesOfARegionInUseUntilItIsDeregistered() {
        final Registered registered = new Registered();
        final RegionTable table = table("lru", CacheLimits.ofPages(100), registered);
        registered.leased.add(table.add(10, 14, 0, 100));
        // Covers the one that is in use.
        table.add(8, 20, 0, 100);
        assertThat(table.registeredPages()).isEqualTo(16);
        table.settle(4);
        assertThat(table.registeredPages()).isEqualTo(12);
        assertThat(table.merged()).isEqualTo(1);
    }

    @Test
    void shouldMergeWhatOverlapsAndTouches() {
        final Registered registered = new Registered();
        final RegionTable table = table("lru", CacheLimits.ofPages(100).withMerge(true), registered);
        table.add(0, 4, 0, 100);
        table.add(8, 12, 0, 100);
        table.add(20, 22, 0, 100);
        final int union = table.add(3, 8, 0, 100);
        assertThat(table.first(union)).isZero();
        assertThat(table.end(union)).isEqualTo(12);
        assertThat(table.regions()).isEqualTo(2);
        assertThat(table.merged()).isEqualTo(2);
    }

    @Test
    void shouldGiveUpAllThatShareAByteWhenMemoryGoes() {
        final Registered registered = new Registered();
        final RegionTable table = table("lru", CacheLimits.ofPages(100), registered);
        table.add(0, 4, 0, 100);
        table.add(3, 8, 0, 100);
        table.add(8, 9, 0, 100);
        assertThat(table.invalidate(3, 4)).isEqualTo(2);
        assertThat(table.find(8, 9)).isNotEqualTo(RegionTable.NONE);
        assertThat(table.invalidate(20, 30)).isZero();
    }

    @Test
    void shouldGiveUpNothingForWhatCannotFit() {
        final Registered registered = new Registered();
        final RegionTable table = table("lru", CacheLimits.ofPages(10), registered);
        registered.leased.add(table.add(0, 6, 0, 100));
        table.add(10, 14, 0, 100);
        assertThat(table.add(20, 25, 0, 100)).isEqualTo(RegionTable.NONE);
        assertThat(registered.deregistrations).isZero();
        assertThat(table.add(20, 24, 0, 100)).isNotEqualTo(RegionTable.NONE);
        assertThat(registered.deregistrations).isOne();
    }

    @ParameterizedTest
    @CsvSource({"10, 10", "30, 0"})
    void shouldRegisterTheRequestAloneBeforeAllGoesForAnExtension(final int pages, final int gone) {
        final Registered registered = new Registered();
        final RegionTable table = new RegionTable(new FirstFirst() {
            @Override
            public void extend(final Extent extent) {
                extent.extendTo(extent.requestFirst(), extent.requestFirst() == 50 ? 50 + pages : extent.requestEnd());
            }
        }, CacheLimits.ofPages(100), registered, 0);
        for (int page = 0; page < 40; page += 2) {
            table.add(page, page + 1, 0, 100);
        }
        registered.mostAtOnce = 5;
        final int region = table.add(50, 51, 0, 100);
        assertThat(table.end(region)).isEqualTo(51);
        assertThat(registered.deregistrations).isEqualTo(gone);
    }

    /** Gives up the region of the lowest number that is idle. */
    private static class FirstFirst implements Policy {
        private final TreeSet<Integer> regions = new TreeSet<>();

        @Override
        public void added(final int region, final long key, final int pages) {
            regions.add(region);
        }

        @Override
        public void hit(final int region) {
            // Does not matter.
        }

        @Override
        public int victim(final Idle idle) {
            return regions.stream().filter(idle::test).findFirst().orElse(NONE);
        }

        @Override
        public void removed(final int region, final boolean evicted) {
            regions.remove(region);
        }
    }

    /** A victim that is leased, one that was given up, and some that never were. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 99_999, -5})
    void shouldRefuseAVictimThatCannotGo(final int victim) {
        final Registered registered = new Registered();
        final RegionTable table = new RegionTable(new FirstFirst() {
            @Override
            public int victim(final Idle idle) {
                super.victim(idle);
                return victim;
            }
        }, CacheLimits.ofPages(4), registered, 0);
        registered.leased.add(table.add(0, 1, 0, 100));
        table.add(10, 12, 0, 100);
        table.invalidate(10, 12);
        table.add(20, 21, 0, 100);
        table.invalidate(20, 21);
        final int kept = table.add(30, 33, 0, 100);
        assertThat(kept).isOne();
        table.invalidate(30, 33);
        assertThatThrownBy(table::evict).isInstanceOf(PolicyException.class)
            .hasMessageContaining(RegionTableTest.class.getName()).hasMessageContaining("region " + victim);
        assertThat(table.registeredPages()).isEqualTo(registered.pages()).isOne();
        assertThat(table.evictions()).isZero();
    }

    @Test
    void shouldStayConsistentWhateverThePolicyThrows() {
        final SplittableRandom random = new SplittableRandom(9);
        final Registered registered = new Registered();
        final RegionTable table = new RegionTable(new FirstFirst() {
            @Override
            public void added(final int region, final long key, final int pages) {
                fail();
                super.added(region, key, pages);
            }

            @Override
            public void removed(final int region, final boolean evicted) {
                super.removed(region, evicted);
                fail();
            }

            private void fail() {
                if (random.nextInt(4) == 0) {
                    throw new UnsupportedOperationException("a policy's own");
                }
            }
        }, CacheLimits.ofPages(30).withMerge(true), registered, 0);
        int thrown = 0;
        for (int i = 0; i < 5000; i++) {
            final long from = random.nextLong(60);
            try {
                if (i % 50 == 0) {
                    table.invalidate(from, from + 9);
                } else if (table.find(from, from + 3) == RegionTable.NONE) {
                    table.add(from, from + 3, 0, 100);
                }
            } catch (final UnsupportedOperationException e) {
                thrown++;
            }
            assertThat(table.registeredPages()).isEqualTo(registered.pages()).isLessThanOrEqualTo(30);
            assertThat(table.regions()).isEqualTo(registered.regions.size());
        }
        assertThat(thrown).isGreaterThan(100);
        while (table.regions() > 0) {
            try {
                table.invalidate(0, 100);
            } catch (final UnsupportedOperationException e) {
                assertThat(table.regions()).isZero();
            }
        }
        assertThat(registered.regions).isEmpty();
    }
}
