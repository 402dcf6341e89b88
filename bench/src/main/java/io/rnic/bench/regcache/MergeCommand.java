package io.rnic.bench.regcache;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of {@code rnic regcache merge}. */
@Command(name = "merge", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Joins the JSON of the parts of a sweep (--shard) to one report.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:a part cannot be read, or belongs to another sweep", "2:wrong usage"})
final class MergeCommand implements Callable<Integer> {
    private final PrintStream out;
    private final PrintStream err;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final RegcacheFiles files = new RegcacheFiles();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "The parts, as --json wrote them.")
    private List<Path> parts = List.of();

    MergeCommand(final PrintStream out, final PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws IOException {
        files.check(spec);
        final List<RegcacheReport> reports = new ArrayList<>();
        for (final Path part : parts) {
            reports.add(RegcacheForms.read(part));
        }
        files.write(merge(reports), out, err);
        return 0;
    }

    private RegcacheReport merge(final List<RegcacheReport> reports) throws IOException {
        final RegcacheReport first = reports.getFirst();
        final Set<String> seen = new HashSet<>();
        for (int i = 0; i < reports.size(); i++) {
            final RegcacheReport each = reports.get(i);
            final String other = !each.trace().equals(first.trace()) ? "trace " + each.trace()
                : each.unit() != first.unit() ? "unit " + each.unit().label()
                : !each.costs().equals(first.costs()) ? "costs " + each.costs()
                : each.batch() != first.batch() ? "batch " + each.batch() : "";
            if (!other.isEmpty()) {
                throw new IOException("'" + parts.get(i) + "' is of another sweep than '" + parts.getFirst() + "': "
                    + other);
            }
            for (final Result result : each.results()) {
                if (!seen.add(result.label() + " " + result.limit())) {
                    throw new IOException("'" + parts.get(i) + "' repeats policy " + result.label() + " with limit "
                        + result.limit() + ": is a part given twice?");
                }
            }
        }
        final List<String> order = reports.stream().flatMap(report -> report.results().stream()).map(Result::label)
            .distinct().toList();
        return new RegcacheReport(first.host(), first.trace(), first.unit(), first.costs(), first.costNote(),
            first.batch(), reports.stream().allMatch(RegcacheReport::complete),
            sorted(reports.stream().flatMap(report -> report.results().stream()), order),
            sorted(reports.stream().flatMap(report -> report.bounds().stream()),
                List.of(Result.LOWER_BOUND, Result.REFERENCE)),
            reports.stream().flatMap(report -> report.notes().stream()).distinct().toList());
    }

    private static List<Result> sorted(final Stream<Result> results, final List<String> order) {
        return results.sorted((left, right) -> {
            final int policies = Integer.compare(order.indexOf(left.label()), order.indexOf(right.label()));
            return policies != 0 ? policies : Long.compare(left.limit(), right.limit());
        }).toList();
    }
}
