package io.rnic.emu.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be asked for, and that it is the same each time. */
class FaultPlanTest {
    private static List<Integer> failing(final String text, final int registrations) {
        final FaultPlan plan = FaultPlan.parse(text);
        final List<Integer> failing = new ArrayList<>();
        for (int i = 1; i <= registrations; i++) {
            try {
                plan.checkRegistration();
            } catch (final RnicException e) {
                assertThat(e.error()).isEqualTo(RnicError.LOCKED_MEMORY_LIMIT);
                assertThat(e).hasMessageContaining(text);
                failing.add(i);
            }
        }
        return failing;
    }

    @Test
    void shouldFailNothingUnlessItIsAskedTo() {
        assertThat(FaultPlan.parse(" ")).isSameAs(FaultPlan.NONE);
        assertThat(failing("", 100)).isEmpty();
        assertThat(FaultPlan.NONE.overrun()).isEqualTo(Long.MAX_VALUE);
        assertThat(FaultPlan.NONE.delay()).isZero();
        assertThat(FaultPlan.NONE.touchesLinks()).isFalse();
    }

    @Test
    void shouldFailTheNthRegistrationOnly() {
        assertThat(failing("register:3", 100)).containsExactly(3);
    }

    @Test
    void shouldFailTheSameOnesForTheSameSeed() {
        final List<Integer> first = failing("register:20%;seed:5", 1_000);
        assertThat(first).hasSizeBetween(100, 300).isEqualTo(failing("register:20%;seed:5", 1_000))
            .isNotEqualTo(failing("register:20%;seed:6", 1_000));
        assertThat(failing("register:100%", 3)).containsExactly(1, 2, 3);
        assertThat(failing("register:0%", 100)).isEmpty();
    }

    @Test
    void shouldKnowWhatElseIsAskedFor() {
        final FaultPlan plan = FaultPlan.parse("overrun:7; delay:3 ;drop:0;terminate:2=1/2/5");
        assertThat(plan.overrun()).isEqualTo(7);
        assertThat(plan.delay()).isEqualTo(3);
        assertThat(plan.touchesLinks()).isTrue();
        assertThat(plan).isEqualTo(FaultPlan.parse(plan.toString())).hasSameHashCodeAs(FaultPlan.parse(plan.toString()))
            .isNotEqualTo(FaultPlan.NONE);
    }

    @Test
    void shouldNameTheSettingAndTheFaultWhoseMomentIsNone() {
        assertThatThrownBy(() -> FaultPlan.parse("delay:1;register:200%"))
            .hasMessageContainingAll("setting faults=delay:1;register:200%", "register:200%", "from 0% to 100%");
        assertThatThrownBy(() -> FaultPlan.parse("terminate:0=1/2/3")).hasMessageContaining("terminate:0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"register", "register:", "register:0", "register:-1", "register:101%", "register:x%",
        "register:NaN%", "drop:-1", "drop:x", "overrun:0", "delay:-1", "delay:9999999999", "terminate:1",
        "terminate:1=1/2", "terminate:1=16/0/0", "terminate:1=0/0/256", "terminate:0=0/0/0", "seed:x", "explode:1",
        ":1", "drop:1;drop:1", "register:200%"})
    void shouldRefuseWhatItDoesNotKnow(final String text) {
        assertThatThrownBy(() -> FaultPlan.parse(text)).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.INVALID_ARGUMENT)).hasMessageContaining("allowed");
    }
}
