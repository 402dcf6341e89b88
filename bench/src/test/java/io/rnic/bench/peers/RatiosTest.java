package io.rnic.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Ratio.Direction;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class RatiosTest {
    private static final List<Double> NONE = List.of(0.0);

    private static Figure figure(final String name, final double... values) {
        return new Figure(name, Unit.NS, 32, name.startsWith("user"),
            DoubleStream.of(values).boxed().toList(), NONE);
    }

    private static Ratio only(final Figure... figures) {
        return Ratios.of(List.of(figures)).getFirst();
    }

    @Test
    void shouldTakeTheMedianOfTheRoundsRatios() {
        final Ratio ratio = only(figure("user_send_rtt", 100, 900, 300), figure("cache_line", 100, 300, 200));
        assertThat(ratio).isEqualTo(new Ratio("send_rtt_vs_cacheline", 1.5, 1, 3, 2, Direction.AT_MOST));
        assertThat(ratio.met()).isTrue();
    }

    @Test
    void shouldMeetAGoalThatIsJustReachedAndMissItBeyond() {
        assertThat(only(figure("user_write_rtt", 1300), figure("cache_line", 1000)).met()).isTrue();
        assertThat(only(figure("user_write_rtt", 1301), figure("cache_line", 1000)).met()).isFalse();
        assertThat(only(figure("user_send_rate", 1000), figure("aeron_rate", 1000)).met()).isTrue();
        assertThat(only(figure("user_send_rate", 999), figure("aeron_rate", 1000)).met()).isFalse();
    }

    @Test
    void shouldShowTheLowerBandwidthUnderTheGoalsOwnName() {
        final List<Ratio> ratios = Ratios.of(List.of(figure("user_write_64k", 99), figure("copy_64k", 100),
            figure("user_write_1m", 90), figure("copy_1m", 100)));
        assertThat(ratios).extracting(Ratio::name)
            .containsExactly("write_bw_vs_copy", "write_bw_vs_copy_64k", "write_bw_vs_copy_1m", "alloc");
        assertThat(ratios.getFirst().value()).isEqualTo(0.9);
    }

    @Test
    void shouldReportWhatTheTestOfOursAllocatesInItsMedianRoundThatAllocatesMost() {
        final Figure seldom = allocating("user_write_rtt", true, 0.0, 0.0, 16.5);
        final Figure often = allocating("user_send_rtt", true, 2.0, 0.0, 3.0);
        final Figure theirs = allocating("netty_rtt", false, 90.0, 99.0, 99.0);

        final Ratio alloc = alloc(theirs, seldom, often);
        assertThat(alloc.value()).isEqualTo(2.0);
        assertThat(alloc.max()).as("the most of any round").isEqualTo(16.5);
        assertThat(alloc.met()).isFalse();
        assertThat(alloc(theirs, seldom).met()).as("once in three rounds").isTrue();
        assertThat(alloc(theirs, seldom).max()).isEqualTo(16.5);
        assertThat(alloc(figure("user_send_rtt", 1)).met()).as("nobody looked").isTrue();
    }

    private static Figure allocating(final String name, final boolean ours, final Double... bytes) {
        return new Figure(name, Unit.NS, 32, ours, List.of(1.0, 1.0, 1.0), List.of(bytes));
    }

    private static Ratio alloc(final Figure... figures) {
        return Ratios.of(List.of(figures)).stream().filter(ratio -> ratio.name().equals("alloc")).findFirst()
            .orElseThrow();
    }
}
