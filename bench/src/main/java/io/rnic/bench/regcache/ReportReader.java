package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Sharing;
import io.rnic.bench.regcache.sim.Unit;
import io.rnic.registration.CostModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads back what {@link RegcacheForms#json} wrote; somebody may have changed it since. */
final class ReportReader {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ReportReader() {
    }

    /**
     * Reads a report's JSON.
     *
     * @throws IOException if it is none, with the file's name and what is wrong
     */
    static RegcacheReport read(final Path file) throws IOException {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new IOException("part '" + file + "' " + (!Files.exists(file) ? "does not exist"
                : Files.isDirectory(file) ? "is a directory" : "may not be read: no permission"));
        }
        try {
            final JsonNode root = MAPPER.readTree(file);
            if (!root.path("command").asString("").equals("regcache")) {
                throw new IllegalArgumentException("it has no \"command\": \"regcache\"");
            }
            final Unit unit = unit(text(root, "unit"));
            final JsonNode cost = root.path("cost");
            final CostModel costs = new CostModel(text(cost, "model"), number(cost, "registerNs"),
                number(cost, "registerPageNs"), number(cost, "deregisterNs"), number(cost, "deregisterPageNs"),
                number(cost, "hitNs"), number(cost, "faultNs"));
            final RegcacheReport.Part part = part(root);
            return new RegcacheReport(MAPPER.convertValue(root.path("host"), new TypeReference<>() { }),
                text(root, "trace"), part, unit, costs, text(cost, "from"), (int) count(root, "batch"),
                flag(root, "complete"), results(list(root, "results"), unit, part.planned()),
                results(list(root, "bounds"), unit, part.planned()),
                list(root, "notes").valueStream().map(JsonNode::asString).toList());
        } catch (final JacksonException | IllegalArgumentException e) {
            throw new IOException("part '" + file + "' is no report of rnic regcache --json: "
                + Objects.requireNonNullElse(e.getMessage(), e.toString()).lines().findFirst().orElse(""), e);
        }
    }

    private static RegcacheReport.Part part(final JsonNode root) {
        final JsonNode sweep = root.path("sweep");
        if (!sweep.isObject()) {
            throw new IllegalArgumentException("no 'sweep', which tells what all parts of it have in common; was it"
                + " written by an earlier version?");
        }
        final String shards = text(root, "shard");
        return new RegcacheReport.Part(Arrays.stream(shards.split(",", -1)).map(Shard::parse).toList(),
            count(root, "traceRequests"), text(root, "traceHash"), new RegcacheReport.Planned(texts(sweep, "policies"),
            texts(sweep, "sharing"), list(sweep, "weights").valueStream().map(JsonNode::asInt).toList(),
            list(sweep, "limits").valueStream().map(JsonNode::asLong).toList(), flag(sweep, "merge"),
            flag(sweep, "bounds"), text(sweep, "execute")));
    }

    private static List<Result> results(final JsonNode rows, final Unit unit, final RegcacheReport.Planned planned) {
        final List<Result> results = new ArrayList<>();
        for (final JsonNode row : rows) {
            final Result result = new Result(text(row, "policy"), sharing(row), unit, count(row, "limit"),
                optional(row, "requests"), optional(row, "hits"), optional(row, "registrations"),
                optional(row, "deregistrations"), optional(row, "registeredPages"),
                optional(row, "deregisteredPages"), number(row, "cost"), optional(row, "lockedBytesMax"),
                optional(row, "refused"), shares(row.path("processes")),
                row.has("measuredCost") ? Double.valueOf(number(row, "measuredCost")) : null,
                row.has("simulatedThen") ? Double.valueOf(number(row, "simulatedThen")) : null);
            if (!planned.has(result)) {
                throw new IllegalArgumentException("a result of " + result.label() + " with limit " + result.limit()
                    + ", which its sweep does not have");
            }
            if (result.hits() > result.requests()) {
                throw new IllegalArgumentException(result.label() + " with limit " + result.limit() + " has "
                    + result.hits() + " hits of " + result.requests() + " requests");
            }
            results.add(result);
        }
        return results;
    }

    private static List<Result.Share> shares(final JsonNode rows) {
        return rows.valueStream().map(row -> new Result.Share(count(row, "requests"), count(row, "hits"),
            count(row, "refused"), number(row, "cost"), count(row, "lockedBytesMax"))).toList();
    }

    private static Unit unit(final String label) {
        return Arrays.stream(Unit.values()).filter(unit -> unit.label().equals(label)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("unit '" + label + "' is unknown; allowed: "
                + Arrays.stream(Unit.values()).map(Unit::label).collect(Collectors.joining(", "))));
    }

    private static Sharing sharing(final JsonNode row) {
        final String label = row.has("sharing") ? text(row, "sharing") : Sharing.ONE.label();
        return Arrays.stream(Sharing.values()).filter(sharing -> sharing.label().equals(label)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("sharing '" + label + "' is unknown; allowed: "
                + Sharing.labels()));
    }

    private static String text(final JsonNode node, final String name) {
        if (!node.path(name).isString()) {
            throw new IllegalArgumentException("no text '" + name + "'");
        }
        return node.path(name).asString();
    }

    private static JsonNode list(final JsonNode node, final String name) {
        if (!node.path(name).isArray()) {
            throw new IllegalArgumentException("no list '" + name + "'");
        }
        return node.path(name);
    }

    private static List<String> texts(final JsonNode node, final String name) {
        return list(node, name).valueStream().map(JsonNode::asString).toList();
    }

    private static boolean flag(final JsonNode node, final String name) {
        if (!node.path(name).isBoolean()) {
            throw new IllegalArgumentException("no true or false '" + name + "'");
        }
        return node.path(name).asBoolean();
    }

    /** Of a bound most counts are not there. */
    private static long optional(final JsonNode node, final String name) {
        return node.has(name) ? count(node, name) : 0;
    }

    private static long count(final JsonNode node, final String name) {
        final JsonNode value = node.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
            throw new IllegalArgumentException("no count '" + name + "', from 0");
        }
        return value.asLong();
    }

    private static double number(final JsonNode node, final String name) {
        if (!node.path(name).isNumber() || node.path(name).asDouble() < 0) {
            throw new IllegalArgumentException("no number '" + name + "', from 0");
        }
        return node.path(name).asDouble();
    }
}
