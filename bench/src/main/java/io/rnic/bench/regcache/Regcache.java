package io.rnic.bench.regcache;

import com.sun.management.OperatingSystemMXBean;
import io.rnic.bench.regcache.execute.CompactTrace;
import io.rnic.bench.regcache.execute.CostMeasurement;
import io.rnic.bench.regcache.execute.RealMemory;
import io.rnic.bench.regcache.sim.Bounds;
import io.rnic.bench.regcache.sim.Patience;
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
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
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
    /** Who was left behind may add to it still. */
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private final LeftOut leftOut;
    private int stepsDone;
    private boolean boundsStopped;

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
        final long bytes = Math.max(Plan.MEASURED_BYTES, compact == null ? 0 : compact.bytes());
        try (RealMemory memory = new RealMemory(plan.frontEnd(), bytes)) {
            CostModel costs = plan.cost().equals(Costs.MEASURED) ? null : Costs.parse(plan.cost());
            String note = costs == null ? "" : Costs.note(costs);
            if (costs == null) {
                final CostMeasurement measured = measure(memory, compact == null ? TYPICAL : compact);
                costs = measured.model();
                note = measured.fit() + ", by front end " + plan.frontEnd();
            }
            final RegcacheReport report = simulate(compact == null ? plan.source() : compact, costs, note,
                HostFacts.of(memory.attributes()));
            return compact == null ? report
                : new RealRun(plan, progress, stop, leftOut, notes).of(report, compact, memory);
        }
    }

    private CostMeasurement measure(final RealMemory memory, final RequestSource requests) throws IOException {
        progress.stage("measuring what registrations cost");
        try {
            return CostMeasurement.of(memory.domain(), memory.buffer(), requests);
        } catch (final RnicException e) {
            if (e.error() != RnicError.LOCKED_MEMORY_LIMIT) {
                throw e;
            }
            throw new ExperimentException("costs cannot be measured: " + e.getMessage() + ". Costs that need no"
                + " locked memory are allowed: --cost mlock, or another that is known, without --execute");
        }
    }

    private CompactTrace compact() throws IOException {
        progress.stage("looking for the trace's memory");
        final CompactTrace compact = CompactTrace.of(plan.source(), stop);
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
        if (!stop.getAsBoolean()) {
            progress.stage("simulating " + simulations.size() + " caches");
        }
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
        if (sweep.stalled()) {
            notes.add("trace " + source.name() + " gave nothing when all was to stop: does who writes it wait?");
        }
        final List<Result> bounds = complete ? bounds(recorded, costs, sweep.largestRegionBytes()) : List.of();
        return new RegcacheReport(host, source.name(), part(sweep), plan.unit(), costs, note, plan.batch(),
            complete && !boundsStopped, results, bounds, notes);
    }

    private RegcacheReport.Part part(final Sweep sweep) {
        return new RegcacheReport.Part(List.of(plan.shard()), sweep.requests(), Long.toHexString(sweep.hash()),
            plan.planned());
    }

    private Map<Plan.Cell, Simulation> simulations(final CostModel costs) {
        final Map<Plan.Cell, Simulation> simulations = new LinkedHashMap<>();
        final Map<String, Throwable> endless = new HashMap<>();
        for (final Plan.Cell cell : plan.cells()) {
            try {
                final Throwable before = endless.get(cell.policy());
                if (before != null) {
                    leftOut.add(cell, before);
                    continue;
                }
                // A constructor of somebody else's.
                simulations.put(cell, Patience.call(stop, () -> Simulations.of(plan.maker(cell.policy()), plan.unit(),
                    limits(cell.limit()), costs, cell.sharing(), plan.weights())));
            } catch (final ExecutionException e) {
                leftOut.add(cell, Objects.requireNonNullElse(e.getCause(), e));
            } catch (final TimeoutException e) {
                final Throwable why = new TimeoutException("its constructor does not return");
                endless.put(cell.policy(), why);
                leftOut.add(cell, why);
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
        // No cache keeps a limit that is smaller than a region.
        final List<Long> limits = plan.boundLimits().stream()
            .filter(limit -> plan.unit() != Unit.REGION || limit >= largestBytes).toList();
        final Map<Long, Bounds> found = new ConcurrentSkipListMap<>();
        try {
            if (!stop.getAsBoolean()) {
                progress.stage("looking for bounds");
                Patience.call(stop, () -> find(new Bounds.Finder(recorded, plan.unit(), costs), limits, found));
            }
        } catch (final TimeoutException e) {
            // What is found by now counts.
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        final Map<Long, Bounds> known = new TreeMap<>(found);
        boundsStopped = known.size() < limits.size();
        if (boundsStopped) {
            notes.add("stopped while bounds were sought: those of " + limits.stream()
                .filter(limit -> !known.containsKey(limit)).map(limit -> RegcacheTable.limit(limit, plan.unit()))
                .collect(Collectors.joining(", ")) + " are missing");
        }
        return Stream.concat(known.entrySet().stream().map(each -> Result.bound(Result.LOWER_BOUND, plan.unit(),
            each.getKey(), each.getValue().lowerNs())), known.entrySet().stream().map(each -> Result.bound(
                Result.REFERENCE, plan.unit(), each.getKey(), each.getValue().referenceNs()))).toList();
    }

    private boolean find(final Bounds.Finder finder, final List<Long> limits, final Map<Long, Bounds> found) {
        limits.parallelStream().filter(limit -> !stop.getAsBoolean()).forEach(limit -> {
            found.put(limit, finder.find(limits(limit).withMerge(false)));
            progress.step();
        });
        return true;
    }
}
