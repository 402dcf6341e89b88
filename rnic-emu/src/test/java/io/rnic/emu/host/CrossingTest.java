package io.rnic.emu.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrossingTest {
    @ParameterizedTest
    @ValueSource(strings = {"none", "spin:0", "spin:250", "spin:999999999"})
    void shouldDescribeACrossingAsItWasAskedFor(final String name) {
        assertThat(Crossing.parse(name).describe()).isEqualTo(name);
    }

    @Test
    void shouldCrossByASystemCallOrSayThatThereIsNone() {
        final Crossing crossing = Crossing.parse("null-syscall");
        crossing.cross();
        assertThat(crossing.describe()).isIn("null-syscall", "none (" + Crossing.NullSystemCall.NAME + " not found)");
        assertThat(crossing.describe().equals("null-syscall")).isEqualTo(Crossing.NullSystemCall.available());
    }

    @Test
    void shouldSpinAtLeastAsLongAsItWasToldTo() {
        final Crossing crossing = Crossing.parse("spin:200000");
        final long start = System.nanoTime();
        crossing.cross();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "None", "spin", "spin:", "spin:-1", "spin:1us", "spin:1000000000", "spin: 5",
        "null-syscall "})
    void shouldRefuseAnyOtherName(final String name) {
        assertThatThrownBy(() -> Crossing.parse(name))
            .isInstanceOf(RnicException.class)
            .hasMessageContaining("crossing '" + name + "' is unknown")
            .hasMessageContaining("allowed: null-syscall, none, spin:NANOSECONDS")
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.INVALID_ARGUMENT);
    }
}
