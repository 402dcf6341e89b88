package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Unit;
import io.rnic.bench.report.Table;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** A report for people: a line for each policy, a column for each limit. */
final class RegcacheTable {
    private RegcacheTable() {
    }

    static String of(final RegcacheReport report) {
        final StringBuilder text = new StringBuilder();
        text.append("trace  ").append(report.trace()).append(", ").append(report.requests()).append(' ')
            .append(report.unit() == Unit.REGION ? "requests" : "accesses of a " + report.unit().label())
            .append(report.complete() ? "" : " (stopped before its end)").append('\n');
        text.append(String.format(Locale.ROOT, "cost   register %.0f + %.1f ns/page, deregister %.0f + %.1f ns/page,"
                + " hit %.0f ns (%s)%n", report.costs().registerNs(), report.costs().registerPageNs(),
            report.costs().deregisterNs(), report.costs().deregisterPageNs(), report.costs().hitNs(),
            report.costNote()));
        final List<Result> all = Stream.concat(report.results().stream(), report.bounds().stream()).toList();
        if (!report.results().isEmpty()) {
            final long requests = report.requests();
            text.append("\nns per request\n").append(table(all, result -> Table.ns(
                result.costPerRequestNs(requests))));
            text.append("\nhit ratio, %\n").append(table(report.results(), result -> String.format(Locale.ROOT, "%.2f",
                100 * result.hitRatio())));
            text.append("\nmost locked, MiB\n").append(table(report.results(), result -> String.format(Locale.ROOT,
                "%.1f", result.lockedBytesMax() / (double) (1 << 20))));
        }
        final List<Result> shared = report.results().stream().filter(result -> !result.processes().isEmpty()).toList();
        if (!shared.isEmpty()) {
            text.append("\nns per request of the process with the least, and of that with the most\n")
                .append(table(shared, result -> extremes(result, Result.Share::costPerRequestNs)));
            text.append("\nrequests refused, %: nothing could be registered for them, for other processes had it all\n")
                .append(table(shared, result -> String.format(Locale.ROOT, "%.2f",
                    100.0 * result.refused() / result.requests())));
        }
        if (report.results().stream().anyMatch(result -> result.measuredNs() != null)) {
            text.append("\nexecuted beside simulated, cost in ms: by what the same calls took beside each at that time,"
                + " and by the model above\n").append(executed(report.results()));
        }
        report.notes().forEach(note -> text.append("note: ").append(note).append('\n'));
        return text.toString();
    }

    /** What a cell says of a result. */
    private interface Cell {
        String of(Result result);
    }

    private static String table(final List<Result> results, final Cell cell) {
        final Set<Long> limits = new LinkedHashSet<>();
        final Map<String, Map<Long, String>> rows = new LinkedHashMap<>();
        for (final Result result : results) {
            limits.add(result.limit());
            rows.computeIfAbsent(result.label(), policy -> new LinkedHashMap<>())
                .put(result.limit(), cell.of(result));
        }
        final List<Long> columns = limits.stream().sorted().toList();
        final List<String> heading = new ArrayList<>();
        heading.add("limit");
        columns.forEach(limit -> heading.add(limit(limit, results.getFirst().unit())));
        final Table table = new Table(heading.toArray(String[]::new));
        rows.forEach((policy, cells) -> {
            final List<String> row = new ArrayList<>();
            row.add(policy);
            columns.forEach(limit -> row.add(cells.getOrDefault(limit, "")));
            table.row(row.toArray(String[]::new));
        });
        return table + "\n";
    }

    private static String executed(final List<Result> results) {
        final Table table = new Table("policy", "limit", "executed", "simulated", "difference, %", "by the model, %");
        for (final Result result : results) {
            if (result.measuredNs() != null && result.modelledNs() != null) {
                table.row(result.label(), limit(result.limit(), result.unit()),
                    String.format(Locale.ROOT, "%.1f", result.measuredNs() / 1e6),
                    String.format(Locale.ROOT, "%.1f", result.modelledNs() / 1e6),
                    String.format(Locale.ROOT, "%+.1f", 100 * (result.measuredNs() / result.modelledNs() - 1)),
                    String.format(Locale.ROOT, "%+.1f", 100 * (result.measuredNs() / result.costNs() - 1)));
            }
        }
        return table + "\n";
    }

    private static String extremes(final Result result, final ToDoubleFunction<Result.Share> value) {
        final DoubleSummaryStatistics all = result.processes().stream().mapToDouble(value).summaryStatistics();
        return Table.ns(all.getMin()) + " .. " + Table.ns(all.getMax());
    }

    static String limit(final long limit, final Unit unit) {
        return unit == Unit.REGION ? Table.size(limit) + "B" : Long.toString(limit);
    }
}
