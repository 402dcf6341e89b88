package io.rnic.bench.scale;

import io.rnic.bench.report.Progress;
import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Spread;
import io.rnic.bench.run.Heap;
import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cost of an operation with so many queue pairs beside the cost with one. */
final class QueuePairScaling {
    /** Fewer say nothing of the heap that one takes: other things come and go meanwhile. */
    private static final int COUNT_FOR_HEAP = 1000;

    private final Plan plan;
    private final Progress progress;
    private final Results results;
    private final String frontEnd;
    private final String threading;
    private final List<Busy> modes;
    private final Map<Case, List<Double>> roundsNs = new LinkedHashMap<>();

    private record Case(Operation operation, Busy busy, int count) {
    }

    /** Prepares the experiment for one front end and threading mode. */
    QueuePairScaling(final Plan plan, final Progress progress, final Results results, final String frontEnd,
        final String threading, final List<Busy> modes) {
        this.plan = plan;
        this.progress = progress;
        this.results = results;
        this.frontEnd = frontEnd;
        this.threading = threading;
        this.modes = modes;
    }

    /** Measures sets of those counts, of which the first is 1. */
    void run(final List<Integer> counts) {
        final long startNs;
        try (Resources resources = new Resources()) {
            final boolean dedicated = threading.equals("dedicated");
            final Partner partner = resources.add(new Partner("rnic-partner", dedicated ? 1 : 0));
            final BatchTimer timer = new BatchTimer();
            final List<Traffic> sets = new ArrayList<>();
            for (final int count : counts) {
                progress.stage("queue pairs, " + frontEnd + ", " + threading + ": creating " + count);
                final ConnectedPairs pairs = resources.add(create(count, counts.getLast()));
                sets.add(new Traffic(pairs, timer, partner.waitingAlone(), dedicated));
                progress.step();
            }
            progress.stage("queue pairs, " + frontEnd + ", " + threading + ": measuring");
            sets.forEach(set -> turn(set, plan.warmUpNs(), null));
            for (int round = 0; round < plan.rounds(); round++) {
                sets.forEach(set -> turn(set, plan.roundNs(), roundsNs));
            }
            progress.step();
            progress.stage("queue pairs, " + frontEnd + ", " + threading + ": closing");
            startNs = System.nanoTime();
        }
        final long closedNs = System.nanoTime() - startNs;
        report(counts);
        final long total = counts.stream().mapToLong(Integer::longValue).sum();
        add("close", counts.getLast(), single((double) closedNs / total), null);
        progress.step();
    }

    /** In how many steps it reports its progress. */
    static int steps(final List<Integer> counts) {
        return counts.size() + 2;
    }

    private ConnectedPairs create(final int count, final int largest) {
        final boolean weigh = count == largest && count >= COUNT_FOR_HEAP && threading.equals("invoker");
        final long before = weigh ? Heap.usedBytes() : 0;
        final ConnectedPairs pairs = new ConnectedPairs(frontEnd, threading, count);
        if (weigh) {
            final double bytes = Math.max(0, Heap.usedBytes() - before) / (2.0 * count);
            results.add(Figure.bytes("queue_pair", frontEnd, 2L * count, Figure.HEAP, bytes));
        }
        if (count == largest) {
            add("connect", count, single((double) pairs.createdNs() / count), null);
        }
        return pairs;
    }

    private void turn(final Traffic set, final long durationNs, final @Nullable Map<Case, List<Double>> recorded) {
        final int count = set.pairs().count();
        for (final Operation operation : Operation.values()) {
            for (final Busy busy : modes) {
                if (count == 1 && busy == Busy.ALL) {
                    continue; // the same as one
                }
                final double ns = set.run(operation, busy, durationNs);
                if (recorded != null) {
                    recorded.computeIfAbsent(new Case(operation, busy, count), key -> new ArrayList<>()).add(ns);
                }
            }
        }
    }

    private void report(final List<Integer> counts) {
        for (final Operation operation : Operation.values()) {
            final List<Double> one = rounds(new Case(operation, Busy.ONE, 1));
            for (final Busy busy : modes) {
                final String test = operation.id() + "_" + busy.id();
                if (busy == Busy.ONE) {
                    add(test, 1, Spread.of(one), null);
                }
                for (final int count : counts.subList(1, counts.size())) {
                    final List<Double> many = rounds(new Case(operation, busy, count));
                    add(test, count, Spread.of(many), Results.ratio(name(test, count), many, one, busy.goal()));
                }
            }
        }
    }

    private List<Double> rounds(final Case key) {
        return roundsNs.getOrDefault(key, List.of());
    }

    private String name(final String test, final int count) {
        return test + "_" + count + "_" + frontEnd + (threading.equals("invoker") ? "" : "_" + threading);
    }

    private void add(final String test, final int count, final Spread spread, final @Nullable Ratio ratio) {
        results.add(new Figure(Figure.Part.QUEUE_PAIRS, test, frontEnd, threading, count, Figure.NS, spread, ratio));
    }

    private static Spread single(final double value) {
        return new Spread(value, value, value, 1);
    }
}
