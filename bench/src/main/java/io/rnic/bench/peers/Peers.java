package io.rnic.bench.peers;

import io.rnic.bench.report.HostFacts;
import io.rnic.bench.report.Progress;
import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Opens the tests, warms them up, and runs them in rounds. */
final class Peers {
    private final List<Kind> kinds;
    private final Plan plan;
    private final Ucx ucx;
    private final Progress progress;
    private final List<PeerTest> tests = new ArrayList<>();
    private final Slice slice = new Slice();
    private final List<List<Double>> values = new ArrayList<>();
    private final List<List<Double>> allocated = new ArrayList<>();

    /**
     * Prepares a run.
     *
     * @param kinds at least one, unless ucx_perftest runs
     */
    Peers(final List<Kind> kinds, final Plan plan, final Ucx ucx, final Progress progress) {
        this.kinds = kinds;
        this.plan = plan;
        this.ucx = ucx;
        this.progress = progress;
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
     * @throws ExperimentException          if a test fails
     * @throws io.rnic.verbs.RnicException if the device refuses something
     */
    PeersReport run() {
        try (Resources resources = new Resources()) {
            final Rig rig = resources.add(new Rig());
            final Map<String, Object> host = HostFacts.of(rig.device());
            for (final Kind kind : kinds) {
                tests.add(resources.add(kind.opener().open(rig)));
            }
            host.put("pinning", rig.device().pinning());
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

    private void pass(final long durationNs) {
        for (int i = 0; i < tests.size(); i++) {
            run(i, durationNs);
        }
    }

    /** Every second round goes backwards: what comes later in a round is not always the later. */
    private void round(final int round) {
        for (int step = 0; step < tests.size(); step++) {
            final int i = round % 2 == 0 ? step : tests.size() - 1 - step;
            run(i, plan.sliceNs());
            values.get(i).add(kinds.get(i).unit().of(slice, kinds.get(i).bytes()));
            allocated.get(i).add(slice.allocatedPerOperation());
        }
        final int every = Math.max(1, plan.rounds() / Math.max(1, plan.ucxRuns()));
        if (round % every == 0) {
            ucx.run();
        }
    }

    private void run(final int i, final long durationNs) {
        slice.clear();
        try {
            tests.get(i).run(durationNs, slice);
        } catch (final RuntimeException e) {
            throw new ExperimentException(kinds.get(i).name(), e);
        }
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
