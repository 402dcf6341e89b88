package io.rnic.bench.regcache;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    private static final String MISSING = "parts that are missing: ";
    private static final String STOPPED = "stopped before its end: part ";

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
        files.check(spec, parts);
        final List<RegcacheReport> reports = new ArrayList<>();
        for (final Path part : parts) {
            reports.add(ReportReader.read(part));
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
                : each.batch() != first.batch() ? "batch " + each.batch() : otherPart(each, first);
            if (!other.isEmpty()) {
                throw new IOException("'" + parts.get(i) + "' is of another sweep than '" + parts.getFirst() + "': "
                    + other);
            }
            for (final Result result : Stream.concat(each.results().stream(), each.bounds().stream()).toList()) {
                if (!seen.add(result.label() + " " + result.limit())) {
                    throw new IOException("'" + parts.get(i) + "' repeats " + (result.isBound() ? "" : "policy ")
                        + result.label() + " with limit " + result.limit() + ": is a part given twice?");
                }
            }
        }
        return joined(reports);
    }

    private static RegcacheReport joined(final List<RegcacheReport> reports) {
        final RegcacheReport first = reports.getFirst();
        final List<Shard> shards = reports.stream().flatMap(report -> report.part().shards().stream()).distinct()
            .sorted(Comparator.comparingInt(Shard::index)).toList();
        final List<Shard> missing = missing(shards);
        final Stream<String> notes = Stream.concat(missing.isEmpty() ? Stream.of() : Stream.of(MISSING
                + missing.stream().map(Shard::toString).collect(Collectors.joining(", "))),
            reports.stream().filter(report -> !report.complete() && report.part().shards().size() == 1)
                .map(report -> STOPPED + report.part().shards().getFirst()));
        final RegcacheReport.Planned planned = first.part().planned();
        final List<String> order = planned.policies().stream().flatMap(policy -> reports.stream()
            .flatMap(report -> report.results().stream()).filter(result -> result.policy().equals(policy))
            .sorted(Comparator.comparingInt(result -> planned.sharings().indexOf(result.sharing().label())))
            .map(Result::label)).distinct().toList();
        return new RegcacheReport(first.host(), first.trace(),
            new RegcacheReport.Part(shards, first.part().requests(), first.part().hash(), planned),
            first.unit(), first.costs(),
            first.costNote(), first.batch(), missing.isEmpty() && reports.stream().noneMatch(MergeCommand::isStopped),
            sorted(reports.stream().flatMap(report -> report.results().stream()), order),
            sorted(reports.stream().flatMap(report -> report.bounds().stream()),
                List.of(Result.LOWER_BOUND, Result.REFERENCE)),
            Stream.concat(notes, reports.stream().flatMap(report -> report.notes().stream())
                .filter(note -> !note.startsWith(MISSING))).distinct().toList());
    }

    /** What tells that it is no part of the same sweep over the same requests; empty if nothing does. */
    private static String otherPart(final RegcacheReport each, final RegcacheReport first) {
        final RegcacheReport.Part part = each.part();
        final RegcacheReport.Part other = first.part();
        final String difference = part.planned().difference(other.planned());
        if (!difference.isEmpty()) {
            return difference;
        }
        if (!part.shards().isEmpty() && !other.shards().isEmpty()
            && part.shards().getFirst().count() != other.shards().getFirst().count()) {
            return "part " + part.shards().getFirst() + " and part " + other.shards().getFirst();
        }
        // Of a trace that was not read to its end nobody knows what follows; old reports do not say.
        final boolean known = each.complete() && first.complete() && part.requests() > 0 && other.requests() > 0;
        return known && (part.requests() != other.requests() || !part.hash().equals(other.hash()))
            ? "a trace of " + part.requests() + " requests with hash " + part.hash() + ", and one of "
            + other.requests() + " with hash " + other.hash() : "";
    }

    /** Parts that were joined before may lack others, and be whole nevertheless. */
    private static boolean isStopped(final RegcacheReport report) {
        return !report.complete() && (report.part().shards().size() < 2
            || report.notes().stream().anyMatch(note -> note.startsWith(STOPPED)));
    }

    private static List<Shard> missing(final List<Shard> shards) {
        return shards.isEmpty() ? List.of() : IntStream.rangeClosed(1, shards.getFirst().count())
            .mapToObj(index -> new Shard(index, shards.getFirst().count())).filter(each -> !shards.contains(each))
            .toList();
    }

    private static List<Result> sorted(final Stream<Result> results, final List<String> order) {
        return results.sorted((left, right) -> {
            final int policies = Integer.compare(order.indexOf(left.label()), order.indexOf(right.label()));
            return policies != 0 ? policies : Long.compare(left.limit(), right.limit());
        }).toList();
    }
}
