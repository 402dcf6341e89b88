package io.rnic.bench.scale;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.rnic.bench.report.HostFacts;
import io.rnic.bench.report.Progress;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Runs everything, one after the other, and makes the report of it. */
final class Scaling {
    /** The front end by which the NIC's own thread is tried; the other would say the same of it. */
    private static final String DEDICATED_FRONT_END = "user";

    private final Plan plan;
    private final List<String> frontEnds;
    private final List<Integer> counts;
    private final Progress progress;
    private final Results results = new Results();

    Scaling(final Plan plan, final List<String> frontEnds, final Progress progress) {
        this.plan = plan;
        this.frontEnds = frontEnds;
        this.progress = progress;
        counts = counts(plan);
    }

    /** What is compared with one, beginning with one. */
    private static List<Integer> counts(final Plan plan) {
        final TreeSet<Integer> all = new TreeSet<>(plan.queuePairs());
        all.add(1);
        return List.copyOf(all);
    }

    /** In how many steps it reports its progress. */
    static int steps(final Plan plan, final List<String> frontEnds) {
        final List<Integer> counts = counts(plan);
        return frontEnds.size() * (1 + QueuePairScaling.steps(counts))
            + (frontEnds.contains(DEDICATED_FRONT_END) ? QueuePairScaling.steps(ends(counts)) : 0) + 3;
    }

    private static List<Integer> ends(final List<Integer> counts) {
        return counts.size() < 2 ? counts : List.of(counts.getFirst(), counts.getLast());
    }

    /** Runs. */
    ScaleReport run() {
        for (final String frontEnd : frontEnds) {
            progress.stage("bytes, " + frontEnd);
            ObjectBytes.measure(results, frontEnd);
            progress.step();
            new QueuePairScaling(plan, progress, results, frontEnd, "invoker", List.of(Busy.values())).run(counts);
        }
        if (frontEnds.contains(DEDICATED_FRONT_END)) {
            new QueuePairScaling(plan, progress, results, DEDICATED_FRONT_END, "dedicated", List.of(Busy.ONE))
                .run(ends(counts));
        }
        step("STag table of " + plan.entries(), () -> new StagScaling(plan, results).run());
        final RegionScaling regions = new RegionScaling(plan, results, frontEnds);
        step("registration by pages", regions::runPages);
        step("registration beside " + plan.entries() + " regions", regions::runRegions);
        return new ScaleReport(host(), results.figures(), results.notes());
    }

    private void step(final String name, final Runnable experiment) {
        progress.stage(name);
        experiment.run();
        progress.step();
    }

    private Map<String, Object> host() {
        try (Rnic rnic = Rnic.open(RnicOptions.defaults().withFrontEnd(frontEnds.getFirst())
            .with("device", "scale-facts").with("link", "loopback"))) {
            final Map<String, Object> host = HostFacts.of(rnic.attributes());
            host.remove("pinning"); // each experiment has its own
            host.put("heapBytes", Runtime.getRuntime().maxMemory());
            host.put("objectAlignmentBytes", objectAlignmentBytes());
            host.put("rounds", plan.rounds());
            return host;
        }
    }

    /** Of how many bytes the JVM's objects begin at multiples: with many queue pairs their figures depend on it. */
    private static int objectAlignmentBytes() {
        return Integer.parseInt(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption("ObjectAlignmentInBytes").getValue());
    }
}
