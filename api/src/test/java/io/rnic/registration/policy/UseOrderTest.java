package io.rnic.registration.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.registration.Policy;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The order of uses beside a set that keeps the order in which its members were put in. */
class UseOrderTest {
    @Test
    void shouldNameTheIdleNumberWhoseLastUseIsLongestAgo() {
        final SplittableRandom random = new SplittableRandom(3);
        final UseOrder order = new UseOrder();
        final Set<Integer> expected = new LinkedHashSet<>();
        for (int i = 0; i < 200_000; i++) {
            final int number = random.nextInt(random.nextBoolean() ? 10 : 500);
            switch (random.nextInt(8)) {
                case 0 -> {
                    if (expected.remove(number)) {
                        order.remove(number);
                    }
                }
                case 1 -> {
                    final int kept = random.nextInt(4);
                    final Policy.Idle idle = each -> each % 4 != kept;
                    assertThat(order.oldest(idle)).isEqualTo(
                        expected.stream().filter(idle::test).findFirst().orElse(Policy.NONE));
                }
                default -> {
                    expected.remove(number);
                    expected.add(number);
                    order.use(number);
                }
            }
        }
    }

    @Test
    void shouldNameTheOneIdleNumberBehindAllThatAreInUse() {
        final UseOrder order = new UseOrder();
        for (int number = 0; number < 4; number++) {
            order.use(number);
        }
        assertThat(order.oldest(number -> true)).isZero();
        order.use(4);
        order.use(5);
        assertThat(order.oldest(number -> number == 4)).isEqualTo(4);
        assertThat(order.oldest(number -> number > 6)).isEqualTo(Policy.NONE);
        order.remove(4);
        order.use(0);
        assertThat(order.oldest(number -> number != 1)).isEqualTo(2);
        assertThat(order.oldest(number -> number == 0 || number == 5)).isEqualTo(5);
    }

    @Test
    void shouldBeEmptyAtFirstAndAfterTheLastIsRemoved() {
        final UseOrder order = new UseOrder();
        assertThat(order.oldest(number -> true)).isEqualTo(Policy.NONE);
        order.use(70);
        order.use(70);
        assertThat(order.oldest(number -> true)).isEqualTo(70);
        order.remove(70);
        assertThat(order.oldest(number -> true)).isEqualTo(Policy.NONE);
    }
}
