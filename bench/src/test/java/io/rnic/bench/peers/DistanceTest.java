package io.rnic.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.report.Ratio;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rounds of near and of far cores are told apart by the cache line of the same round. */
class DistanceTest {
    private static Figure figure(final String name, final Double... values) {
        return new Figure(name, Unit.NS, 8, true, List.of(values), List.of());
    }

    private static PeersReport report(final Figure... figures) {
        return new PeersReport(Map.of(), 4, List.of(figures), "not installed", List.of());
    }

    @Test
    void shouldMakeTheRatiosOfEachDistanceOfItsOwnRounds() {
        final PeersReport report = report(
            figure("cache_line", 50.0, 400.0, 60.0, 300.0), figure("user_write_rtt", 100.0, 440.0, 180.0, 300.0));
        assertThat(report.rounds(Distance.NEAR)).isEqualTo(2);
        assertThat(report.rounds(Distance.FAR)).isEqualTo(2);
        assertThat(report.ratios(Distance.NEAR)).filteredOn(ratio -> ratio.name().equals("write_rtt_vs_cacheline"))
            .extracting(Ratio::value).containsExactly(2.5);
        assertThat(report.ratios(Distance.FAR)).filteredOn(ratio -> ratio.name().equals("write_rtt_vs_cacheline"))
            .extracting(Ratio::value).containsExactly(1.05);
    }

    @Test
    void shouldHaveNothingToSayOfADistanceThatDidNotOccur() {
        final PeersReport report = report(figure("cache_line", 50.0, 60.0), figure("user_write_rtt", 100.0, 120.0));
        assertThat(report.rounds(Distance.FAR)).isZero();
        assertThat(report.ratios(Distance.FAR)).isEmpty();
        assertThat(report(figure("user_write_rtt", 100.0)).ratios(Distance.NEAR)).isEmpty();
    }

    @Test
    void shouldLeaveOutFiguresOfOtherRounds() {
        final PeersReport report = report(figure("cache_line", 50.0, 300.0), figure("ucx_rtt", 200.0));
        assertThat(Distance.NEAR.of(report.figures())).extracting(Figure::name).containsExactly("cache_line");
    }
}
