package io.rnic.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.bench.report.Ratio.Direction;
import java.util.List;
import org.junit.jupiter.api.Test;

class RatioTest {
    @Test
    void shouldTakeTheMedianOfTheRounds() {
        final Ratio odd = Ratio.of("odd", List.of(3.0, 1.0, 8.0), 3, Direction.AT_MOST);
        assertThat(List.of(odd.value(), odd.min(), odd.max())).containsExactly(3.0, 1.0, 8.0);
        assertThat(Ratio.of("even", List.of(4.0, 1.0, 2.0, 9.0), 3, Direction.AT_MOST).value()).isEqualTo(3.0);
    }

    @Test
    void shouldMeetAGoalFromItsSide() {
        assertThat(Ratio.of("a", List.of(1.3), 1.3, Direction.AT_MOST).met()).isTrue();
        assertThat(Ratio.of("a", List.of(1.31), 1.3, Direction.AT_MOST).met()).isFalse();
        assertThat(Ratio.of("a", List.of(0.8), 0.8, Direction.AT_LEAST).met()).isTrue();
        assertThat(Ratio.of("a", List.of(0.79), 0.8, Direction.AT_LEAST).met()).isFalse();
        assertThat(Ratio.of("a", List.of(1.0), 0.8, Direction.AT_LEAST).goalText()).isEqualTo(">= 0.800");
    }

    @Test
    void shouldJudgeWhatItShows() {
        final Ratio shown = Ratio.of("a", List.of(0.9496), 0.95, Direction.AT_LEAST);
        assertThat(Ratio.text(shown.value())).isEqualTo("0.950");
        assertThat(shown.met()).isTrue();
        assertThat(Ratio.of("a", List.of(0.9494), 0.95, Direction.AT_LEAST).met()).isFalse();
        assertThat(shown.withName("b")).isEqualTo(Ratio.of("b", List.of(0.95), 0.95, Direction.AT_LEAST));
    }

    @Test
    void shouldSayWhatItIs() {
        assertThat(Ratio.of("x", List.of(1.23456, 2.0, 0.5), 1.5, Direction.AT_MOST).columns().toString())
            .isEqualTo("{name=x, value=1.235, goal=1.5, direction=<=, met=true, min=0.5, max=2}");
    }

    @Test
    void shouldRefuseWhatIsNoRatio() {
        assertThatThrownBy(() -> Ratio.of("x", List.of(1.0, Double.NaN), 1, Direction.AT_MOST))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("ratio x");
        assertThatThrownBy(() -> Ratio.of("x", List.of(), 1, Direction.AT_MOST))
            .isInstanceOf(IllegalArgumentException.class);
    }
}
