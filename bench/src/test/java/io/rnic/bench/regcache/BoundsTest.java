package io.rnic.bench.regcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.regcache.sim.Bounds;
import io.rnic.bench.regcache.sim.PageSet;
import io.rnic.bench.regcache.sim.RecordedTrace;
import io.rnic.bench.regcache.sim.Unit;
import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundsTest {
    private static final CostModel ONE = new CostModel("one", 1000, 10, 100, 1, 1, 1000);

    /** The least cost of single pages, by trying every victim. */
    private static double least(final int[] pages, final int at, final Set<Integer> cached, final int capacity,
        final Map<String, Double> known) {
        if (at == pages.length) {
            return 0;
        }
        final String state = at + " " + new TreeSet<>(cached);
        final Double before = known.get(state);
        if (before != null) {
            return before;
        }
        double best = Double.POSITIVE_INFINITY;
        if (cached.contains(pages[at])) {
            best = ONE.hitNs() + least(pages, at + 1, cached, capacity, known);
        } else if (cached.size() < capacity) {
            final Set<Integer> next = new HashSet<>(cached);
            next.add(pages[at]);
            best = ONE.register(1) + least(pages, at + 1, next, capacity, known);
        } else {
            for (final int victim : cached) {
                final Set<Integer> next = new HashSet<>(cached);
                next.remove(victim);
                next.add(pages[at]);
                best = Math.min(best, ONE.miss(1) + least(pages, at + 1, next, capacity, known));
            }
        }
        known.put(state, best);
        return best;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldFindTheOptimumOfSinglePages(final long seed) {
        final int[] pages = new SplittableRandom(seed).ints(40, 0, 7).toArray();
        final RecordedTrace trace = new RecordedTrace(4096);
        Arrays.stream(pages).forEach(page -> trace.add(page * 4096L, 4096));
        for (final int capacity : new int[] {1, 2, 3, 5, 7}) {
            final Bounds bounds = new Bounds.Finder(trace, Unit.PAGE, ONE).find(CacheLimits.ofPages(capacity));
            assertThat(bounds.lowerNs()).isEqualTo(least(pages, 0, Set.of(), capacity, new HashMap<>()))
                .isEqualTo(bounds.referenceNs());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldFindTheRunsOfASetOfPages(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final PageSet set = new PageSet();
        final TreeSet<Long> model = new TreeSet<>();
        for (int i = 0; i < 300; i++) {
            final long first = random.nextLong(4000);
            final long end = first + 1 + random.nextInt(200) / (1 + random.nextInt(50));
            long fresh = 0;
            for (long page = first; page < end; page++) {
                fresh += model.add(page) ? 1 : 0;
            }
            assertThat(set.add(first, end)).isEqualTo(fresh);
            assertThat(set.size()).isEqualTo(model.size());
        }
        final TreeSet<Long> found = new TreeSet<>();
        long last = Long.MIN_VALUE;
        for (final long[] run : set.runs()) {
            assertThat(run[0]).isGreaterThan(last);
            for (long page = run[0]; page < run[1]; page++) {
                found.add(page);
            }
            last = run[1];
        }
        assertThat(found).isEqualTo(model);
    }
}
