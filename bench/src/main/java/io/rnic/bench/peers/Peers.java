package io.rnic.bench.peers;

import io.rnic.bench.report.HostFacts;
import io.rnic.bench.report.Progress;
import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.Resources;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Opens the tests in their JVMs, warms them up, and runs them in rounds. */
final class Peers {
    /** In a report's facts: which JVMs there were. */
    static final String JVMS = "jvms";

    private final List<Kind> kinds;
    private final Plan plan;
    private final boolean oneJvm;
    private final Ucx ucx;
    private final Progress progress;
    private final PrintStream err;
    /** By their names, in the order of the tests. */
    private final Map<String, Jvm> jvms = new LinkedHashMap<>();
    private final List<List<Double>> values = new ArrayList<>();
    private final List<List<Double>> allocated = new ArrayList<>();

    /**
     * Prepares a run.
     *
     * @param kinds  at least one, unless ucx_perftest runs
     * @param oneJvm whether all run in this JVM, or each in one of its own
     * @param err    where what a JVM prints goes
     */
    Peers(final List<Kind> kinds, final Plan plan, final boolean oneJvm, final Ucx ucx, final Progress progress,
          final PrintStream err) {
        this.kinds = kinds;
        this.plan = plan;
        this.oneJvm = oneJvm;
        this.ucx = ucx;
        this.progress = progress;
        this.err = err;
        for (int i = 0; i < kinds.size(); i++) {
            values.add(new ArrayList<>());
            allocated.add(new ArrayList<>());
        }
    }

    /** In how many steps it reports its progress. */
    static int steps(final Plan plan) {
        return plan.warmUpPasses() + plan.rounds();
    }

    /**
     * Runs.
     *
     * @throws ExperimentException if a test fails
     * @throws java.util.concurrent.CancellationException if a JVM of the tests was told to end from outside
     * @throws io.rnic.verbs.RnicException if the device refuses something
     */
    PeersReport run() {
        final Map<String, Object> host = host();
        try (Resources resources = new Resources()) {
            progress.stage("set-up");
            start(resources);
            final List<String> pinning =
                jvms.values().stream().distinct().map(Jvm::open).filter(text -> !text.isEmpty()).distinct().toList();
            if (!pinning.isEmpty()) {
                host.put("pinning", String.join("; ", pinning));
            }
            progress.stage("warm-up");
            for (int pass = 0; pass < plan.firstPasses(); pass++) {
                pass(plan.firstNs());
            }
            for (int pass = 0; pass < plan.warmUpPasses(); pass++) {
                pass(plan.warmUpNs());
                progress.step();
            }
            progress.stage(plan.rounds() == 1 ? "1 round" : plan.rounds() + " rounds");
            for (int round = 0; round < plan.rounds(); round++) {
                round(round);
                progress.step();
            }
            final List<Figure> figures = figures();
            return new PeersReport(host, plan.rounds(), figures, ucx.status(), notes(figures));
        }
    }

    private Map<String, Object> host() {
        try (Rig rig = new Rig()) {
            final Map<String, Object> host = HostFacts.of(rig.device());
            host.put(JVMS, oneJvm ? "one" : "of their own");
            return host;
        }
    }

    private void start(final Resources resources) {
        if (oneJvm) {
            final Jvm jvm = resources.add(new ThisJvm(kinds));
            kinds.forEach(kind -> jvms.put(kind.jvm(), jvm));
            return;
        }
        for (final Kind kind : kinds) {
            jvms.computeIfAbsent(kind.jvm(), name -> resources.add(new ChildJvm(name,
                kinds.stream().filter(other -> other.jvm().equals(name)).toList(), err)));
        }
    }

    private void pass(final long durationNs) {
        kinds.forEach(kind -> run(kind, durationNs));
    }

    /** Every second round goes backwards: what comes later in a round is not always the later. */
    private void round(final int round) {
        for (int step = 0; step < kinds.size(); step++) {
            final int i = round % 2 == 0 ? step : kinds.size() - 1 - step;
            final Outcome outcome = run(kinds.get(i), plan.sliceNs());
            values.get(i).add(outcome.value());
            allocated.get(i).add(outcome.allocated());
        }
        final int every = Math.max(1, plan.rounds() / Math.max(1, plan.ucxRuns()));
        if (round % every == 0) {
            ucx.run();
        }
    }

    private Outcome run(final Kind kind, final long durationNs) {
        return Objects.requireNonNull(jvms.get(kind.jvm())).run(kind, durationNs);
    }

    private List<Figure> figures() {
        final List<Figure> figures = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            final Kind kind = kinds.get(i);
            figures.add(new Figure(kind.name(), kind.unit(), kind.bytes(), kind.ours(), values.get(i),
                allocated.get(i)));
        }
        figures.addAll(ucx.figures());
        return figures;
    }

    private List<String> notes(final List<Figure> figures) {
        final List<String> notes = new ArrayList<>();
        if (plan.rounds() < Plan.QUOTABLE_ROUNDS) {
            notes.add("fewer than " + Plan.QUOTABLE_ROUNDS + " rounds: the ratios are not to be quoted");
        }
        if (PeersReport.disturbed(figures)) {
            notes.add("something else kept a core busy, and the two threads shared the other: the ratios are not to be"
                + " quoted");
        }
        if (Runtime.getRuntime().availableProcessors() == 1) {
            notes.add("one core: a round trip of two threads is two context switches, not the way of a cache line");
        }
        if (kinds.stream().anyMatch(kind -> kind.name().startsWith("netty")) && !NettyTransport.isEpoll()) {
            notes.add("Netty without epoll, by the JDK's selector: " + NettyTransport.whyNotEpoll());
        }
        return notes;
    }
}
