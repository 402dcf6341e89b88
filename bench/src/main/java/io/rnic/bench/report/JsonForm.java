package io.rnic.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A report as JSON.
 *
 * <pre>{@code
 * {"command": "compare", "host": {...}, "limits": {"null_syscall": {...}, "memory_copy": [{"bytes": 64, ...}, ...]},
 *  "results": [{"test": "send_lat", "frontEnd": "user", ..., "median": 1, "p99": 2, "samples": 3}, ...]}
 * }</pre>
 *
 * <p>Columns that do not apply to a row are left out. A limit that was measured for several sizes is a list of them.
 */
public final class JsonForm {
    private static final JsonMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT)
        .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

    private JsonForm() {
    }

    /** The report's text, with a line feed at its end. */
    public static String of(final Report report) {
        final Map<String, Object> root = new LinkedHashMap<>();
        root.put("command", report.command());
        root.put("host", report.host());
        root.put("limits", limits(report.limits()));
        root.put("results", report.results().stream().map(JsonForm::columns).toList());
        return of(root);
    }

    /** The text of a report that has another form, with a line feed at its end. */
    public static String of(final Map<String, Object> root) {
        return MAPPER.writeValueAsString(root) + "\n";
    }

    private static Map<String, Object> limits(final List<Measurement> rows) {
        final Map<String, List<Object>> byTest = new LinkedHashMap<>();
        for (final Measurement row : rows) {
            final Map<String, Object> columns = columns(row);
            columns.keySet().removeAll(List.of("test", "frontEnd", "link", "threading"));
            if (row.bytes() == 0) {
                columns.remove("bytes");
            }
            byTest.computeIfAbsent(row.test(), test -> new ArrayList<>()).add(columns);
        }
        final Map<String, Object> limits = new LinkedHashMap<>();
        byTest.forEach((test, list) -> limits.put(test, list.size() == 1 ? list.getFirst() : list));
        return limits;
    }

    private static Map<String, Object> columns(final Measurement row) {
        final Map<String, Object> columns = new LinkedHashMap<>();
        row.columns().forEach((name, value) -> {
            if (value != null) {
                columns.put(name, Objects.requireNonNull(value));
            }
        });
        return columns;
    }
}
