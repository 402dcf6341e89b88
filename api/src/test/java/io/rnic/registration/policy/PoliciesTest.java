package io.rnic.registration.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.registration.CostModel;
import io.rnic.registration.Extent;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.RegistrationMode;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PoliciesTest {
    private static final PolicyContext CONTEXT = new PolicyContext(100, CostModel.MLOCK);
    private static final ClassLoader LOADER = PoliciesTest.class.getClassLoader();

    /** A policy that an application might bring. */
    public static final class Mine implements Policy {
        final long capacity;

        public Mine(final PolicyContext context) {
            capacity = context.capacityPages();
        }

        @Override
        public void added(final int region, final long key, final int pages) {
        }

        @Override
        public void hit(final int region) {
        }

        @Override
        public int victim(final Idle idle) {
            return NONE;
        }

        @Override
        public void removed(final int region, final boolean evicted) {
        }
    }

    /** Not public constructors: cannot be made. */
    public abstract static class Half implements Policy {
        @Override
        public void extend(final Extent extent) {
        }
    }

    @Test
    void shouldFindAPolicyOfTheApplicationByTheNameOfItsClass() {
        assertThat(Policies.find(Mine.class.getName(), LOADER).apply(CONTEXT))
            .isInstanceOfSatisfying(Mine.class, mine -> assertThat(mine.capacity).isEqualTo(100));
    }

    @Test
    void shouldNameTheKnownOnesForAnUnknownOne() {
        assertThatThrownBy(() -> Policies.find("mru", LOADER)).hasMessageContainingAll("'mru'", "lru", "w-tinylfu",
            "landlord", "class path");
        assertThatThrownBy(() -> Policies.find(Half.class.getName(), LOADER)).hasMessageContaining("not abstract");
        assertThatThrownBy(() -> Policies.find("java.lang.String", LOADER)).hasMessageContaining("is no policy");
    }

    @ParameterizedTest
    @MethodSource("io.rnic.registration.policy.Policies#names")
    void shouldNameVictimsThatAreThereAndIdleOnly(final String name) {
        final Policy policy = Policies.find(name, LOADER).apply(CONTEXT);
        final SplittableRandom random = new SplittableRandom(5);
        final BitSet there = new BitSet();
        final BitSet busy = new BitSet();
        for (int i = 0; i < 20_000; i++) {
            final int region = random.nextInt(60);
            if (there.get(region)) {
                policy.hit(region);
                if (random.nextInt(10) == 0) {
                    busy.flip(region);
                }
            } else {
                final int pages = 1 + random.nextInt(3);
                policy.missed(region, pages);
                if (there.cardinality() >= 30) {
                    final int victim = policy.victim(each -> !busy.get(each));
                    if (victim != Policy.NONE) {
                        assertThat(there.get(victim)).isTrue();
                        assertThat(busy.get(victim)).isFalse();
                        policy.removed(victim, true);
                        there.clear(victim);
                    } else if (policy.mode() == RegistrationMode.CACHED) {
                        final BitSet idle = (BitSet) there.clone();
                        idle.andNot(busy);
                        assertThat(idle.isEmpty()).as("%s finds no victim among %s", name, idle).isTrue();
                        busy.clear();
                    }
                }
                policy.added(region, region, pages);
                there.set(region);
            }
        }
        assertThat(there.cardinality()).isPositive();
    }
}
