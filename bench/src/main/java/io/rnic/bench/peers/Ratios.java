package io.rnic.bench.peers;

import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Ratio.Direction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The project's goals. Each ratio is made of two figures of the same round, so that what changes on the machine from
 * one round to the next does not show in it.
 */
final class Ratios {
    /** The name of what is allocated for an operation. */
    static final String ALLOC = "alloc";

    private static final String WRITE_BW = "write_bw_vs_copy";

    private static final List<Goal> GOALS = List.of(
        atMost("send_rtt_vs_cacheline", "user_send_rtt", "cache_line", 2.0),
        atMost("send_rtt_vs_aeron", "user_send_rtt", "aeron_rtt", 0.9),
        atMost("write_rtt_vs_cacheline", "user_write_rtt", "cache_line", 1.3),
        atLeast("send_rate_vs_aeron", "user_send_rate", "aeron_rate", 1.0),
        atLeast("write_rate_vs_aeron", "user_write_rate", "aeron_rate", 1.5),
        atLeast(WRITE_BW + "_64k", "user_write_64k", "copy_64k", 0.95),
        atLeast(WRITE_BW + "_1m", "user_write_1m", "copy_1m", 0.95),
        atLeast("netty_rtt_vs_send_rtt", "netty_rtt", "user_send_rtt", 15),
        atLeast("kernel_batch_rate", "kernel_list_rate", "user_write_rate", 0.8),
        atLeast("kernel_64k", "kernel_read_64k", "user_read_64k", 0.95));

    private Ratios() {
    }

    private record Goal(String name, String dividend, String divisor, Direction direction, double goal) {
    }

    private static Goal atMost(final String name, final String dividend, final String divisor, final double goal) {
        return new Goal(name, dividend, divisor, Direction.AT_MOST, goal);
    }

    private static Goal atLeast(final String name, final String dividend, final String divisor, final double goal) {
        return new Goal(name, dividend, divisor, Direction.AT_LEAST, goal);
    }

    /** Those whose figures are there. */
    static List<Ratio> of(final List<Figure> figures) {
        final Map<String, Figure> byName =
            figures.stream().collect(Collectors.toMap(Figure::name, Function.identity()));
        final List<Ratio> ratios = new ArrayList<>();
        for (final Goal goal : GOALS) {
            final Ratio ratio = ratio(goal, byName.get(goal.dividend), byName.get(goal.divisor));
            if (ratio != null) {
                ratios.add(ratio);
            }
        }
        addLowerBandwidth(ratios);
        final List<Double> allocated = figures.stream().filter(Figure::ours).map(Figure::maxAllocated).toList();
        if (!allocated.isEmpty()) {
            final double most = Collections.max(allocated);
            ratios.add(new Ratio(ALLOC, most, Collections.min(allocated), most, 0, Direction.AT_MOST));
        }
        return ratios;
    }

    private static @Nullable Ratio ratio(final Goal goal, final @Nullable Figure dividend,
                                         final @Nullable Figure divisor) {
        if (dividend == null || divisor == null) {
            return null;
        }
        final List<Double> perRound = new ArrayList<>();
        for (int round = 0; round < dividend.values().size(); round++) {
            perRound.add(dividend.values().get(round) / divisor.values().get(round));
        }
        return Ratio.of(goal.name, perRound, goal.goal, goal.direction);
    }

    /** The goal is for both sizes: under its own name, before the two, stands the lower. */
    private static void addLowerBandwidth(final List<Ratio> ratios) {
        final List<Ratio> both = ratios.stream().filter(ratio -> ratio.name().startsWith(WRITE_BW)).toList();
        if (both.size() < 2) {
            return;
        }
        final Ratio lower = both.getFirst().value() <= both.getLast().value() ? both.getFirst() : both.getLast();
        ratios.add(ratios.indexOf(both.getFirst()), lower.withName(WRITE_BW));
    }
}
