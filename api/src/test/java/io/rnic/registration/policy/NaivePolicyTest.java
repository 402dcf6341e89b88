package io.rnic.registration.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * LRU, FIFO, LFU and S3-FIFO beside a second implementation of each, which is as plain as can be: they agree hit by
 * hit.
 */
class NaivePolicyTest {
    /** A cache of single pages: true for a hit. */
    private interface Cache {
        boolean access(long page);
    }

    /** The policy under test, driven as a cache does it. */
    private static final class Driven implements Cache {
        private final Policy policy;
        private final int capacity;
        private final Map<Long, Integer> ids = new HashMap<>();
        private final Map<Integer, Long> pages = new HashMap<>();
        private final ArrayDeque<Integer> free = new ArrayDeque<>();

        Driven(final String name, final int capacity) {
            this.capacity = capacity;
            policy = Policies.find(name, NaivePolicyTest.class.getClassLoader())
                .apply(new PolicyContext(capacity, CostModel.MLOCK));
            for (int i = 0; i < capacity; i++) {
                free.add(i);
            }
        }

        @Override
        public boolean access(final long page) {
            final Integer id = ids.get(page);
            if (id != null) {
                policy.hit(id);
                return true;
            }
            policy.missed(page, 1);
            while (ids.size() >= capacity) {
                final int victim = policy.victim(region -> true);
                ids.remove(pages.remove(victim));
                policy.removed(victim, true);
                free.add(victim);
            }
            final int fresh = free.remove();
            ids.put(page, fresh);
            pages.put(fresh, page);
            policy.added(fresh, page, 1);
            return false;
        }
    }

    private static Cache lru(final int capacity) {
        final List<Long> order = new ArrayList<>();
        return page -> {
            final boolean hit = order.remove(page);
            if (!hit && order.size() == capacity) {
                order.removeFirst();
            }
            order.add(page);
            return hit;
        };
    }

    private static Cache fifo(final int capacity) {
        final List<Long> order = new ArrayList<>();
        return page -> {
            final boolean hit = order.contains(page);
            if (!hit) {
                if (order.size() == capacity) {
                    order.removeFirst();
                }
                order.add(page);
            }
            return hit;
        };
    }

    private static Cache lfu(final int capacity) {
        final Map<Long, long[]> usesAndTime = new LinkedHashMap<>();
        final long[] now = {0};
        return page -> {
            final boolean hit = usesAndTime.containsKey(page);
            if (!hit && usesAndTime.size() == capacity) {
                usesAndTime.remove(usesAndTime.entrySet().stream().min(Comparator
                    .comparingLong((Map.Entry<Long, long[]> e) -> e.getValue()[0])
                    .thenComparingLong(e -> e.getValue()[1])).orElseThrow().getKey());
            }
            final long[] entry = usesAndTime.computeIfAbsent(page, key -> new long[2]);
            entry[0]++;
            entry[1] = now[0]++;
            return hit;
        };
    }

    /** Algorithm 1 of the paper, one eviction at a time; small is a tenth. */
    private static Cache s3fifo(final int capacity) {
        final int small = Math.max(1, capacity / 10);
        final List<Long> s = new ArrayList<>();
        final List<Long> m = new ArrayList<>();
        final LinkedHashSet<Long> ghosts = new LinkedHashSet<>();
        final Map<Long, Integer> uses = new HashMap<>();
        return page -> {
            if (uses.containsKey(page)) {
                uses.merge(page, 1, (old, one) -> Math.min(3, old + one));
                return true;
            }
            final boolean back = ghosts.remove(page);
            while (s.size() + m.size() >= capacity) {
                if (!s.isEmpty() && (m.isEmpty() || (s.size() >= small && m.size() <= capacity - small))) {
                    final long tail = s.removeFirst();
                    if (uses.getOrDefault(tail, 0) > 1) {
                        uses.put(tail, 0);
                        m.add(tail);
                    } else {
                        uses.remove(tail);
                        ghosts.add(tail);
                        if (ghosts.size() > capacity - small) {
                            ghosts.removeFirst();
                        }
                    }
                } else {
                    final long tail = m.removeFirst();
                    if (uses.getOrDefault(tail, 0) > 0) {
                        uses.merge(tail, -1, Integer::sum);
                        m.add(tail);
                    } else {
                        uses.remove(tail);
                    }
                }
            }
            (back ? m : s).add(page);
            uses.put(page, 0);
            return false;
        };
    }

    /** Traces of single pages: anywhere, by favour, round and round, and all of them by turns. */
    static Stream<long[]> traces() {
        return Stream.of(1L, 2L, 3L, 4L).map(kind -> {
            final SplittableRandom random = new SplittableRandom(kind);
            final long[] trace = new long[20_000];
            for (int i = 0; i < trace.length; i++) {
                final long what = kind == 4 ? 1 + i / 700 % 3 : kind;
                trace[i] = what == 1 ? random.nextLong(300)
                    : what == 2 ? (long) (300 * Math.pow(random.nextDouble(), 4)) : i % 130;
            }
            return trace;
        });
    }

    @ParameterizedTest
    @MethodSource("traces")
    void shouldAgreeWithThePlainOnesHitByHit(final long[] trace) {
        for (final int capacity : new int[] {1, 2, 10, 64, 100, 128, 299}) {
            final Map<String, Cache> plain = Map.of("lru", lru(capacity), "fifo", fifo(capacity), "lfu", lfu(capacity),
                "s3-fifo", s3fifo(capacity));
            plain.forEach((name, naive) -> {
                final Cache driven = new Driven(name, capacity);
                for (int i = 0; i < trace.length; i++) {
                    assertThat(driven.access(trace[i])).as("%s, capacity %d, access %d", name, capacity, i)
                        .isEqualTo(naive.access(trace[i]));
                }
            });
        }
    }
}
