package io.rnic.bench.regcache;

import com.sun.management.OperatingSystemMXBean;
import io.rnic.bench.regcache.execute.CompactTrace;
import io.rnic.bench.regcache.execute.CostMeasurement;
import io.rnic.bench.regcache.execute.Execution;
import io.rnic.bench.regcache.sim.Bounds;
import io.rnic.bench.regcache.sim.RecordedTrace;
import io.rnic.bench.regcache.sim.Simulation;
import io.rnic.bench.regcache.sim.Simulations;
import io.rnic.bench.regcache.sim.Sweep;
import io.rnic.bench.regcache.sim.Unit;
import io.rnic.bench.regcache.trace.RequestSource;
import io.rnic.bench.regcache.trace.Workload;
import io.rnic.bench.report.HostFacts;
import io.rnic.bench.report.Progress;
import io.rnic.bench.run.ExperimentException;
import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.RegistrationMode;
import io.rnic.verbs.Access;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Carries out a plan: simulates, looks for bounds, and registers memory if that is wanted. */
final class Regcache {
    private static final int STEPS = 100;
    /** What is registered to measure costs without a trace. */
    private static final Workload TYPICAL = new Workload(Workload.Kind.MIXED, 100_000, Plan.MEASURED_BYTES, 128 << 10,
        1, 1);

    private final Plan plan;
    private final Progress progress;
    private final BooleanSupplier stop;
    private final List<String> notes = new ArrayList<>();
    private final LeftOut leftOut;
    private int stepsDone;

    Regcache(final Plan plan, final Progress progress, final BooleanSupplier stop) {
        this.plan = plan;
        this.progress = progress;
        this.stop = stop;
        leftOut = new LeftOut(plan.unit());
    }

    /** How many steps of progress it has. */
    static int steps(final Plan plan) {
        return STEPS + plan.boundLimits().size() + (plan.execute() ? plan.cells().size() : 0);
    }

    RegcacheReport run() throws IOException {
        if (!plan.execute() && !plan.cost().equals(Costs.MEASURED)) {
            final CostModel costs = Costs.parse(plan.cost());
            return simulate(plan.source(), costs, Costs.note(costs), HostFacts.ofMachine());
        }
        final @Nullable CompactTrace compact = plan.execute() ? compact() : null;
        final RnicOptions options = RnicOptions.defaults().withFrontEnd(plan.frontEnd()).with("device", "regcache")
            .with("pinning", "locked").with("maxMemoryRegions", "4000000").with("onBoardMemory", "unlimited");
        try (Arena arena = Arena.ofShared(); Rnic rnic = Rnic.open(options);
            ProtectionDomain domain = rnic.allocateProtectionDomain()) {
            // Filled, so that its pages are there: what is timed is to lock them, not to get them.
            final long bytes = Math.max(Plan.MEASURED_BYTES, compact == null ? 0 : compact.bytes());
            final MemorySegment buffer = arena.allocate(bytes, CostModel.PAGE_BYTES).fill((byte) 1);
            CostModel costs = plan.cost().equals(Costs.MEASURED) ? null : Costs.parse(plan.cost());
            String note = costs == null ? "" : Costs.note(costs);
            if (costs == null) {
                progress.stage("measuring what registrations cost");
                final CostMeasurement measured = CostMeasurement.of(domain, buffer,
                    compact == null ? TYPICAL : compact);
                costs = measured.model();
                note = measured.fit() + ", by front end " + plan.frontEnd();
            }
            final RegcacheReport report = simulate(compact == null ? plan.source() : compact, costs, note,
                HostFacts.of(rnic.attributes()));
            return compact == null ? report : execute(report, compact, domain, buffer,
                arena.allocate(bytes, CostModel.PAGE_BYTES).fill((byte) 1));
        }
    }

    private CompactTrace compact() throws IOException {
        progress.stage("looking for the trace's memory");
        final CompactTrace compact = CompactTrace.of(plan.source());
        final long physical = physicalBytes();
        if (compact.bytes() > physical / 4) {
            throw new ExperimentException("the trace's memory is " + compact.bytes() + " bytes, and this machine has "
                + physical + "; allowed for --execute: a quarter of it. Simulate it (without --execute)");
        }
        return compact;
    }

    private static long physicalBytes() {
        return ManagementFactory.getOperatingSystemMXBean()
            instanceof OperatingSystemMXBean machine ? machine.getTotalMemorySize() : Long.MAX_VALUE;
    }

    private RegcacheReport simulate(final RequestSource source, final CostModel costs, final String note,
        final Map<String, Object> host) throws IOException {
        final Map<Plan.Cell, Simulation> simulations = simulations(costs);
        final RecordedTrace recorded = new RecordedTrace(plan.unit().bytes());
        final List<RecordedTrace> recorders = plan.boundLimits().isEmpty() ? List.of() : List.of(recorded);
        progress.stage("simulating " + simulations.size() + " caches");
        final Sweep sweep = new Sweep(List.copyOf(simulations.values()), recorders);
        final boolean complete = sweep.run(source, stop, this::advance);
        advance(1);
        final List<Result> results = results(simulations, sweep, costs);
        notes.addAll(source.notes());
        notes.addAll(leftOut.notes(sweep.largestRegionBytes()));
        if (results.stream().anyMatch(result -> result.refused() > 0)) {
            notes.add("requests that were refused cost nothing here: such a cost is none of a job that is done, and may"
                + " be below the lower bound");
        }
        if (!complete) {
            notes.add("stopped before the trace's end: the results are about the part before");
        }
        return new RegcacheReport(host, source.name(), part(sweep), plan.unit(), costs, note, plan.batch(),
            complete, results,
            complete ? bounds(recorded, costs, sweep.largestRegionBytes()) : List.of(), notes);
    }

    private RegcacheReport.Part part(final Sweep sweep) {
        return new RegcacheReport.Part(List.of(plan.shard()), sweep.requests(), Long.toHexString(sweep.hash()),
            plan.planned());
    }

    private Map<Plan.Cell, Simulation> simulations(final CostModel costs) {
        final Map<Plan.Cell, Simulation> simulations = new LinkedHashMap<>();
        for (final Plan.Cell cell : plan.cells()) {
            try {
                simulations.put(cell, Simulations.of(plan.maker(cell.policy()), plan.unit(), limits(cell.limit()),
                    costs, cell.sharing(), plan.weights()));
            } catch (final RuntimeException | Error e) {
                // A constructor of somebody else's.
                leftOut.add(cell, e);
            }
        }
        if (simulations.isEmpty() && leftOut.hasBroken()) {
            throw new ExperimentException(leftOut.message(0));
        }
        return simulations;
    }

    /** Of those that have not failed; if all have, that is an error. */
    private List<Result> results(final Map<Plan.Cell, Simulation> simulations, final Sweep sweep,
        final CostModel costs) {
        final List<Result> results = new ArrayList<>();
        final List<Plan.Cell> cells = List.copyOf(simulations.keySet());
        for (int i = 0; i < cells.size(); i++) {
            final Throwable failure = sweep.failure(i);
            if (failure == null) {
                results.add(Result.of(cells.get(i), plan.unit(), Objects.requireNonNull(simulations.get(cells.get(i))),
                    costs, plan.batch()));
            } else {
                leftOut.add(cells.get(i), failure);
            }
        }
        if (results.isEmpty() && !cells.isEmpty()) {
            throw new ExperimentException(leftOut.message(sweep.largestRegionBytes()));
        }
        return results;
    }

    /** True if a policy broke, and its rows are left out. */
    boolean hasBroken() {
        return leftOut.hasBroken();
    }

    private CacheLimits limits(final long limit) {
        return CacheLimits.ofPages(Limits.units(limit, plan.unit())).withMerge(plan.merge()).withBatch(plan.batch());
    }

    private void advance(final double share) {
        for (; stepsDone < share * STEPS; stepsDone++) {
            progress.step();
        }
    }

    private List<Result> bounds(final RecordedTrace recorded, final CostModel costs, final long largestBytes) {
        if (plan.boundLimits().isEmpty()) {
            return List.of();
        }
        if (recorded.isTooLong()) {
            notes.add("no bounds: they need the trace in memory, and it has more than " + RecordedTrace.MAX_ACCESSES
                + " accesses");
            return List.of();
        }
        progress.stage("looking for bounds");
        final Bounds.Finder finder = new Bounds.Finder(recorded, plan.unit(), costs);
        return plan.boundLimits().parallelStream().flatMap(limit -> {
            // No cache keeps a limit that is smaller than a region.
            if (stop.getAsBoolean() || (plan.unit() == Unit.REGION && limit < largestBytes)) {
                return Stream.empty();
            }
            final Bounds bounds = finder.find(limits(limit).withMerge(false));
            progress.step();
            return Stream.of(Result.bound(Result.LOWER_BOUND, plan.unit(), limit, bounds.lowerNs()),
                Result.bound(Result.REFERENCE, plan.unit(), limit, bounds.referenceNs()));
        }).sorted((left, right) -> left.policy().equals(right.policy()) ? Long.compare(left.limit(), right.limit())
            : right.policy().compareTo(left.policy())).toList();
    }

    private RegcacheReport execute(final RegcacheReport report, final CompactTrace trace, final ProtectionDomain domain,
        final MemorySegment buffer, final MemorySegment spare) throws IOException {
        domain.registerMemory(spare, Access.LOCAL_WRITE).close();
        final List<Result> results = new ArrayList<>();
        boolean complete = report.complete();
        for (final Result result : report.results()) {
            final Policy policy = plan.maker(result.policy()).apply(
                new PolicyContext(Limits.units(result.limit(), plan.unit()), report.costs()));
            if (policy.mode() == RegistrationMode.ON_DEMAND) {
                notes.add(result.policy() + " is simulated only: this NIC does not stop at faults");
                results.add(result);
                continue;
            }
            progress.stage("executing " + result.policy() + " with "
                + RegcacheTable.limit(result.limit(), Unit.REGION));
            final Execution done = stop.getAsBoolean() ? null : Execution.of(trace, policy, limits(result.limit()),
                domain, buffer, spare, report.costs().hitNs(), stop);
            progress.step();
            if (done == null) {
                notes.add(result.policy() + " is simulated only: stopped");
                results.add(result);
                complete = false;
                continue;
            }
            final long hits = done.statistics().hitsFast() + done.statistics().hitsSlow();
            if (hits != result.hits()) {
                notes.add(result.policy() + " had " + hits + " hits when executed, " + result.hits()
                    + " when simulated");
            }
            results.add(result.withMeasured(done.registrationNs() + hits * report.costs().hitNs(), done.costs()));
        }
        return new RegcacheReport(report.host(), report.trace(), report.part(), report.unit(), report.costs(),
            report.costNote(),
            report.batch(), complete, results, report.bounds(), notes);
    }
}
