package io.rnic.bench.regcache;

import io.rnic.bench.regcache.execute.CompactTrace;
import io.rnic.bench.regcache.execute.CostMeasurement;
import io.rnic.bench.regcache.execute.Execution;
import io.rnic.bench.regcache.execute.RealMemory;
import io.rnic.bench.regcache.sim.Patience;
import io.rnic.bench.regcache.sim.Unit;
import io.rnic.bench.report.Progress;
import io.rnic.registration.CacheLimits;
import io.rnic.registration.CostModel;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.RegistrationMode;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Executes what was simulated. A row that cannot be stays as it was simulated, and is said. */
final class RealRun {
    private static final String ALLOWED = "Allowed: to lock up to half of ulimit -l, for the same is locked in a second"
        + " buffer";

    private final Plan plan;
    private final Progress progress;
    private final BooleanSupplier stop;
    private final LeftOut leftOut;
    private final List<String> notes;

    RealRun(final Plan plan, final Progress progress, final BooleanSupplier stop, final LeftOut leftOut,
        final List<String> notes) {
        this.plan = plan;
        this.progress = progress;
        this.stop = stop;
        this.leftOut = leftOut;
        this.notes = notes;
    }

    RegcacheReport of(final RegcacheReport report, final CompactTrace trace, final RealMemory memory) {
        final List<Result> results = new ArrayList<>();
        boolean complete = report.complete();
        boolean isLocked = false;
        MemorySegment spare = memory.buffer();
        for (final Result result : report.results()) {
            if (stop.getAsBoolean()) {
                results.add(result);
                notes.add(result.policy() + " is simulated only: stopped");
                complete = false;
                continue;
            }
            progress.stage("executing " + result.policy() + " with "
                + RegcacheTable.limit(result.limit(), Unit.REGION));
            try {
                if (!isLocked) {
                    spare = memory.another(memory.buffer().byteSize());
                    CostMeasurement.lockOnce(memory.domain(), memory.buffer());
                    CostMeasurement.lockOnce(memory.domain(), spare);
                    isLocked = true;
                }
                final MemorySegment copy = spare;
                final Execution done = Patience.call(stop, () -> execute(result, report.costs(), trace, memory, copy));
                results.add(done == null ? result : measured(result, done, report.costs()));
                complete &= done != null || !stop.getAsBoolean();
            } catch (final TimeoutException e) {
                memory.leave();
                leftOut.simulatedOnly(result, "it does not return when it is executed");
                results.add(result);
                complete = false;
            } catch (final ExecutionException e) {
                leftOut.simulatedOnly(result, why(Objects.requireNonNullElse(e.getCause(), e)));
                results.add(result);
            } catch (final RnicException e) {
                leftOut.simulatedOnly(result, why(e));
                results.add(result);
            }
            progress.step();
        }
        notes.addAll(leftOut.executionNotes());
        return new RegcacheReport(report.host(), report.trace(), report.part(), report.unit(), report.costs(),
            report.costNote(), report.batch(), complete, results, report.bounds(), notes);
    }

    /** What can be done about it, in terms of this command, where that is known. */
    private static String why(final Throwable thrown) {
        return thrown instanceof RnicException e && e.error() == RnicError.LOCKED_MEMORY_LIMIT
            ? e.getMessage() + ". " + ALLOWED
            : thrown.toString();
    }

    /** Null if it cannot be executed, or was stopped. */
    private @Nullable Execution execute(final Result result, final CostModel costs, final CompactTrace trace,
        final RealMemory memory, final MemorySegment spare) throws Exception {
        final long units = Limits.units(result.limit(), plan.unit());
        final Policy policy = plan.maker(result.policy()).apply(new PolicyContext(units, costs));
        if (policy.mode() == RegistrationMode.ON_DEMAND) {
            notes.add(result.policy() + " is simulated only: this NIC does not stop at faults");
            return null;
        }
        final Execution done = Execution.of(trace, policy, CacheLimits.ofPages(units).withMerge(plan.merge()),
            memory.domain(), memory.buffer(), spare, costs.hitNs(), stop);
        if (done == null) {
            notes.add(result.policy() + " is simulated only: stopped");
        }
        return done;
    }

    private Result measured(final Result result, final Execution done, final CostModel costs) {
        final long hits = done.statistics().hitsFast() + done.statistics().hitsSlow();
        if (done.refused() > 0) {
            // With less it is another cache than the simulated one.
            leftOut.simulatedOnly(result, "the system locks no more, " + done.refused() + " registrations were"
                + " refused. " + ALLOWED);
            return result;
        }
        if (hits != result.hits()) {
            notes.add(result.policy() + " had " + hits + " hits when executed, " + result.hits() + " when simulated");
        }
        return result.withMeasured(done.registrationNs() + hits * costs.hitNs(), done.costs());
    }
}
