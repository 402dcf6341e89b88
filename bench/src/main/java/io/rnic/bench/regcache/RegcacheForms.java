package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Unit;
import io.rnic.bench.report.CsvForm;
import io.rnic.bench.report.JsonForm;
import io.rnic.registration.CostModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A report as JSON and CSV. */
final class RegcacheForms {
    private RegcacheForms() {
    }

    /**
     * {@code {"command","host","trace","shard","traceRequests","traceHash","sweep":{...},"unit","cost":{...},"batch",
     * "complete","results":[...],"bounds":[...],"notes"}}.
     */
    static String json(final RegcacheReport report) {
        final Map<String, Object> root = new LinkedHashMap<>();
        root.put("command", "regcache");
        root.put("host", report.host());
        root.put("trace", report.trace());
        root.put("shard", report.part().shards().stream().map(Shard::toString).collect(Collectors.joining(",")));
        root.put("traceRequests", report.part().requests());
        root.put("traceHash", report.part().hash());
        root.put("sweep", sweep(report.part().planned()));
        root.put("unit", report.unit().label());
        root.put("cost", cost(report));
        root.put("batch", report.batch());
        root.put("complete", report.complete());
        root.put("results", rows(report.results()));
        root.put("bounds", rows(report.bounds()));
        root.put("notes", report.notes());
        return JsonForm.of(root);
    }

    private static Map<String, Object> sweep(final RegcacheReport.Planned planned) {
        final Map<String, Object> sweep = new LinkedHashMap<>();
        sweep.put("policies", planned.policies());
        sweep.put("limits", planned.limits());
        sweep.put("sharing", planned.sharings());
        sweep.put("weights", planned.weights());
        sweep.put("merge", planned.merge());
        sweep.put("bounds", planned.bounds());
        sweep.put("execute", planned.execute());
        return sweep;
    }

    private static Map<String, Object> cost(final RegcacheReport report) {
        final CostModel costs = report.costs();
        final Map<String, Object> cost = new LinkedHashMap<>();
        cost.put("model", costs.name());
        cost.put("registerNs", costs.registerNs());
        cost.put("registerPageNs", costs.registerPageNs());
        cost.put("deregisterNs", costs.deregisterNs());
        cost.put("deregisterPageNs", costs.deregisterPageNs());
        cost.put("hitNs", costs.hitNs());
        cost.put("faultNs", costs.faultNs());
        cost.put("from", report.costNote());
        return cost;
    }

    private static List<Map<String, Object>> rows(final List<Result> results) {
        final List<Map<String, Object>> rows = new ArrayList<>();
        for (final Result result : results) {
            final Map<String, Object> row = new LinkedHashMap<>();
            result.columns().forEach((name, value) -> {
                if (value != null) {
                    row.put(name, value);
                }
            });
            if (!result.processes().isEmpty()) {
                row.put("processes", result.processes().stream().map(RegcacheForms::share).toList());
            }
            rows.add(row);
        }
        return rows;
    }

    private static Map<String, Object> share(final Result.Share share) {
        final Map<String, Object> row = new LinkedHashMap<>();
        row.put("requests", share.requests());
        row.put("hits", share.hits());
        row.put("refused", share.refused());
        row.put("cost", share.costNs());
        row.put("lockedBytesMax", share.lockedBytesMax());
        return row;
    }

    /** The results, then the bounds; columns that do not apply are empty. */
    static String csv(final RegcacheReport report) {
        final List<Map<String, @Nullable Object>> rows =
            Stream.concat(report.results().stream(), report.bounds().stream()).map(Result::columns).toList();
        return CsvForm.of(List.copyOf(Result.bound("", Unit.PAGE, 0, 0).columns().keySet()), rows);
    }
}
