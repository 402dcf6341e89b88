package io.rnic.bench.peers;

import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Ratio.Direction;
import io.rnic.bench.report.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The project's goals. Each ratio is made of two figures of the same round, so that what changes on the machine from
 * one round to the next does not show in it.
 */
final class Ratios {
    /** The name of what is allocated for an operation. */
    static final String ALLOC = "alloc";

    /** The same of what goes by TCP. */
    static final String TCP_ALLOC = "tcp_alloc";

    private static final double KIB = 1024;
    private static final double CONNECTION_KIB = 64;
    private static final String WRITE_BW = "write_bw_vs_copy";
    private static final String TCP_WRITE_BW = "tcp_write_bw_vs_netty";
    private static final String TCP_CRC_WRITE_BW = "tcp_write_bw_crc_vs_netty";

    private static final List<Goal> GOALS = List.of(
        atMost("send_rtt_vs_cacheline", "user_send_rtt", "cache_line", 2.0),
        atMost("send_rtt_vs_aeron", "user_send_rtt", "aeron_rtt", 0.9),
        atMost("write_rtt_vs_cacheline", "user_write_rtt", "cache_line", 1.3),
        atLeast("send_rate_vs_aeron", "user_send_rate", "aeron_rate", 1.0),
        atLeast("write_rate_vs_aeron", "user_list_rate", "aeron_rate", 1.5),
        atLeast(WRITE_BW + "_64k", "user_write_64k", "copy_64k", 0.95),
        atLeast(WRITE_BW + "_1m", "user_write_1m", "copy_1m", 0.95),
        atLeast("netty_rtt_vs_send_rtt", "netty_rtt", "user_send_rtt", 15),
        atLeast("kernel_batch_rate", "kernel_list_rate", "user_write_rate", 0.8),
        atLeast("kernel_64k", "kernel_read_64k", "user_read_64k", 0.95),
        atMost("tcp_send_rtt_vs_netty", "tcp_send_rtt", "netty_rtt", 1.25),
        atLeast(TCP_WRITE_BW + "_64k", "tcp_write_64k", "netty_64k", 0.9),
        atLeast(TCP_WRITE_BW + "_1m", "tcp_write_1m", "netty_1m", 0.9),
        atLeast(TCP_CRC_WRITE_BW + "_64k", "tcp_crc_write_64k", "netty_64k", 0.75),
        atLeast(TCP_CRC_WRITE_BW + "_1m", "tcp_crc_write_1m", "netty_1m", 0.75),
        atLeast("tcp_connections_throughput", "tcp_1000_connections", "tcp_1_connection", 0.8));

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
        for (final String bandwidth : List.of(WRITE_BW, TCP_WRITE_BW, TCP_CRC_WRITE_BW)) {
            addLower(ratios, bandwidth);
        }
        addAllocated(ratios, ALLOC, figures, false);
        addAllocated(ratios, TCP_ALLOC, figures, true);
        addMemory(ratios, byName.get("tcp_connection_memory"));
        return ratios;
    }

    /** As all ratios the median of the rounds, of the test that has most; the greatest is the most of any round. */
    private static void addAllocated(
        final List<Ratio> ratios, final String name, final List<Figure> figures, final boolean byTcp) {
        final List<Spread> allocated = figures.stream()
            .filter(figure -> figure.ours() && figure.name().startsWith(Kinds.TCP) == byTcp)
            .map(figure -> Spread.of(figure.allocated().isEmpty() ? List.of(0.0) : figure.allocated())).toList();
        if (!allocated.isEmpty()) {
            ratios.add(new Ratio(name, most(allocated, Spread::median), most(allocated, Spread::min),
                most(allocated, Spread::max), 0, Direction.AT_MOST));
        }
    }

    private static double most(final List<Spread> spreads, final ToDoubleFunction<Spread> of) {
        return spreads.stream().mapToDouble(of).max().orElse(0);
    }

    /** The goal is a number of KiB. */
    private static void addMemory(final List<Ratio> ratios, final @Nullable Figure memory) {
        if (memory != null) {
            ratios.add(Ratio.of("tcp_connection_kib", memory.values().stream().map(bytes -> bytes / KIB).toList(),
                CONNECTION_KIB, Direction.AT_MOST));
        }
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
    private static void addLower(final List<Ratio> ratios, final String name) {
        final List<Ratio> both = ratios.stream().filter(ratio -> ratio.name().startsWith(name + "_")
            && Character.isDigit(ratio.name().charAt(name.length() + 1))).toList();
        if (both.size() < 2) {
            return;
        }
        final Ratio lower = both.getFirst().value() <= both.getLast().value() ? both.getFirst() : both.getLast();
        ratios.add(ratios.indexOf(both.getFirst()), lower.withName(name));
    }
}
