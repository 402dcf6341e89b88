package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Sharing;
import io.rnic.bench.regcache.sim.Unit;
import io.rnic.bench.report.CsvForm;
import io.rnic.bench.report.JsonForm;
import io.rnic.registration.CostModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A report as JSON and CSV, and read back from JSON. */
final class RegcacheForms {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private RegcacheForms() {
    }

    /**
     * {@code {"command","host","trace","shard","traceRequests","traceHash","unit","cost":{...},"batch","complete",
     * "results":[...],"bounds":[...],"notes"}}.
     */
    static String json(final RegcacheReport report) {
        final Map<String, Object> root = new LinkedHashMap<>();
        root.put("command", "regcache");
        root.put("host", report.host());
        root.put("trace", report.trace());
        root.put("shard", report.part().shards().stream().map(Shard::toString).collect(Collectors.joining(",")));
        root.put("traceRequests", report.part().requests());
        root.put("traceHash", report.part().hash());
        root.put("unit", report.unit().label());
        root.put("cost", cost(report));
        root.put("batch", report.batch());
        root.put("complete", report.complete());
        root.put("results", rows(report.results()));
        root.put("bounds", rows(report.bounds()));
        root.put("notes", report.notes());
        return JsonForm.of(root);
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

    private static List<Result.Share> shares(final JsonNode rows) {
        return rows.valueStream().map(row -> new Result.Share((long) number(row, "requests"),
            (long) number(row, "hits"), (long) number(row, "refused"), number(row, "cost"),
            (long) number(row, "lockedBytesMax"))).toList();
    }

    /** The results, then the bounds; columns that do not apply are empty. */
    static String csv(final RegcacheReport report) {
        final List<Map<String, @Nullable Object>> rows =
            Stream.concat(report.results().stream(), report.bounds().stream()).map(Result::columns).toList();
        return CsvForm.of(List.copyOf(Result.bound("", Unit.PAGE, 0, 0).columns().keySet()), rows);
    }

    /**
     * Reads a report's JSON.
     *
     * @throws IOException if it is none, with the file's name and what is wrong
     */
    static RegcacheReport read(final Path file) throws IOException {
        try {
            final JsonNode root = MAPPER.readTree(file);
            if (!root.path("command").asString("").equals("regcache")) {
                throw new IOException("'" + file + "' is no report of rnic regcache");
            }
            final Unit unit = Unit.valueOf(text(root, "unit").toUpperCase(Locale.ROOT));
            final JsonNode cost = root.path("cost");
            final CostModel costs = new CostModel(text(cost, "model"), number(cost, "registerNs"),
                number(cost, "registerPageNs"), number(cost, "deregisterNs"), number(cost, "deregisterPageNs"),
                number(cost, "hitNs"), number(cost, "faultNs"));
            return new RegcacheReport(MAPPER.convertValue(root.path("host"), new TypeReference<>() { }),
                text(root, "trace"), part(root), unit, costs, text(cost, "from"), (int) number(root, "batch"),
                root.path("complete").asBoolean(), results(root.path("results"), unit),
                results(root.path("bounds"), unit),
                root.path("notes").valueStream().map(JsonNode::asString).toList());
        } catch (final JacksonException | IllegalArgumentException e) {
            throw new IOException("'" + file + "' is no report of rnic regcache: "
                + Objects.requireNonNullElse(e.getMessage(), e.toString()).lines().findFirst().orElse(""), e);
        }
    }

    private static RegcacheReport.Part part(final JsonNode root) {
        final String shards = root.path("shard").asString("");
        return new RegcacheReport.Part(shards.isEmpty() ? List.of()
            : Arrays.stream(shards.split(",", -1)).map(Shard::parse).toList(),
            root.path("traceRequests").asLong(0), root.path("traceHash").asString(""));
    }

    private static List<Result> results(final JsonNode rows, final Unit unit) {
        final List<Result> results = new ArrayList<>();
        for (final JsonNode row : rows) {
            results.add(new Result(text(row, "policy"), sharing(row), unit, (long) number(row, "limit"),
                row.path("requests").asLong(0), row.path("hits").asLong(0), row.path("registrations").asLong(0),
                row.path("deregistrations").asLong(0), row.path("registeredPages").asLong(0),
                row.path("deregisteredPages").asLong(0), number(row, "cost"), row.path("lockedBytesMax").asLong(0),
                row.path("refused").asLong(0), shares(row.path("processes")),
                row.has("measuredCost") ? Double.valueOf(number(row, "measuredCost")) : null,
                row.has("simulatedThen") ? Double.valueOf(number(row, "simulatedThen")) : null));
        }
        return results;
    }

    private static Sharing sharing(final JsonNode row) {
        return row.has("sharing")
            ? Sharing.valueOf(text(row, "sharing").toUpperCase(Locale.ROOT).replace('-', '_')) : Sharing.ONE;
    }

    private static String text(final JsonNode node, final String name) {
        if (!node.path(name).isString()) {
            throw new IllegalArgumentException("no text '" + name + "'");
        }
        return node.path(name).asString();
    }

    private static double number(final JsonNode node, final String name) {
        if (!node.path(name).isNumber()) {
            throw new IllegalArgumentException("no number '" + name + "'");
        }
        return node.path(name).asDouble();
    }
}
