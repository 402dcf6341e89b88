package io.rnic.bench.scale;

import io.rnic.bench.report.CsvForm;
import io.rnic.bench.report.JsonForm;
import io.rnic.bench.report.Ratio;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The report for programs.
 *
 * <pre>{@code
 * {"command": "scale", "host": {...}, "notes": [...],
 *  "ratios": [{"name": "write_one_busy_64_user", "value": 1.02, "goal": 1.3, "direction": "<=", ...}, ...],
 *  "results": [{"test": "write_one_busy", "frontEnd": "user", "threading": "invoker", "count": 64, "unit": "ns",
 *               "median": 40.2, "min": 39.9, "max": 41, "samples": 7}, ...]}
 * }</pre>
 *
 * <p>The CSV has the same rows, the ratios last: with their name as test, and unit {@code ratio}.
 */
final class ScaleForms {
    private static final List<String> HEADING = List.of("test", "frontEnd", "threading", "count", "unit", "median",
        "min", "max", "samples", "goal", "met");

    private ScaleForms() {
    }

    static String json(final ScaleReport report) {
        final Map<String, Object> root = new LinkedHashMap<>();
        root.put("command", "scale");
        root.put("host", report.host());
        root.put("notes", report.notes());
        root.put("ratios", report.ratios().stream().map(Ratio::columns).toList());
        root.put("results", report.figures().stream().map(Figure::columns).toList());
        return JsonForm.of(root);
    }

    static String csv(final ScaleReport report) {
        final List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        report.figures().forEach(figure -> rows.add(figure.columns()));
        report.ratios().forEach(ratio -> rows.add(row(ratio)));
        return CsvForm.of(HEADING, rows);
    }

    private static Map<String, @Nullable Object> row(final Ratio ratio) {
        final Map<String, @Nullable Object> row = new LinkedHashMap<>(ratio.columns());
        row.put("test", ratio.name());
        row.put("unit", "ratio");
        row.put("median", row.get("value"));
        return row;
    }
}
