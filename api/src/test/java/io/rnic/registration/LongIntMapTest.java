package io.rnic.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongIntMapTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAnswerAsAHashMapDoes(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final LongIntMap map = new LongIntMap();
        final Map<Long, Integer> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            final long key = random.nextLong(2000) * 0x100000000L;
            switch (random.nextInt(3)) {
                case 0 -> {
                    map.put(key, i);
                    model.put(key, i);
                }
                case 1 -> {
                    final Integer expected = model.remove(key);
                    assertThat(map.remove(key)).isEqualTo(expected == null ? LongIntMap.NONE : expected);
                }
                default -> assertThat(map.get(key)).isEqualTo(model.getOrDefault(key, LongIntMap.NONE));
            }
            assertThat(map.size()).isEqualTo(model.size());
        }
        model.forEach((key, value) -> assertThat(map.get(key)).isEqualTo(value));
    }
}
