package io.rnic.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntervalIndexTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldAnswerAsATreeMapDoes(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final IntervalIndex index = new IntervalIndex();
        final TreeMap<Long, Integer> model = new TreeMap<>();
        for (int i = 0; i < 60_000; i++) {
            // Grows and shrinks by turns, so that nodes split and are taken out.
            final boolean grows = i / 10_000 % 2 == 0;
            final long key = random.nextLong(-20_000, 20_000);
            if (random.nextInt(4) == 0 == grows) {
                final Integer expected = model.remove(key);
                assertThat(index.remove(key)).isEqualTo(expected == null ? IntervalIndex.NONE : expected);
            } else if (!model.containsKey(key)) {
                index.add(key, i);
                model.put(key, i);
            }
            assertThat(index.size()).isEqualTo(model.size());
            final long asked = random.nextLong(-20_100, 20_100);
            assertThat(index.floor(asked)).as("floor, step %d", i).isEqualTo(of(model.floorEntry(asked)));
            assertThat(index.ceiling(asked)).as("ceiling").isEqualTo(of(model.ceilingEntry(asked)));
        }
    }

    private static int of(final Map.Entry<Long, Integer> entry) {
        return entry == null ? IntervalIndex.NONE : entry.getValue();
    }

    @Test
    void shouldReadNoMoreNodesThanTheLogarithmOfItsKeys() {
        final IntervalIndex index = new IntervalIndex();
        for (int i = 0; i < 1_000_000; i++) {
            index.add(i * 7L, i);
        }
        // A node that was split is half full: 16 keys.
        assertThat(index.levels()).isLessThanOrEqualTo(5);
        assertThat(index.floor(3_500_003)).isEqualTo(500_000);
    }

    @Test
    void shouldBeEmptyAgainWhenAllIsRemoved() {
        final IntervalIndex index = new IntervalIndex();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5000; i++) {
                index.add(i, i);
            }
            for (int i = 4999; i >= 0; i--) {
                assertThat(index.remove(i)).isEqualTo(i);
            }
            assertThat(index.size()).isZero();
            assertThat(index.levels()).isEqualTo(1);
            assertThat(index.floor(Long.MAX_VALUE)).isEqualTo(IntervalIndex.NONE);
            assertThat(index.ceiling(Long.MIN_VALUE)).isEqualTo(IntervalIndex.NONE);
        }
    }
}
