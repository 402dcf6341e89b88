package io.rnic.bench.peers;

import io.rnic.bench.report.CsvForm;
import io.rnic.bench.report.JsonForm;
import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Spread;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code rnic peers} found out, and its forms for programs.
 *
 * @param host    facts about the machine and the set-up
 * @param rounds  how many were recorded
 * @param figures what the tests gave
 * @param ucx     whether ucx_perftest was there
 * @param notes   remarks for people, one line each
 */
record PeersReport(Map<String, Object> host, int rounds, List<Figure> figures, String ucx, List<String> notes) {
    private static final List<String> HEADING = List.of("kind", "name", "bytes", "unit", "value", "median", "min",
        "max", "rounds", "allocatedBytesPerOperation", "direction", "goal", "met");
    private static final int DIGITS = 3;

    /** No two cores are that far apart; a change of threads on one takes longer. */
    private static final double SHARED_CORE_NS = 1500;

    /** The ratios of the figures. */
    List<Ratio> ratios() {
        return Ratios.of(figures);
    }

    /** The ratios of the rounds at that distance; none if there was no such round. */
    List<Ratio> ratios(final Distance distance) {
        return Ratios.of(distance.of(figures));
    }

    /** How many rounds were at that distance. */
    int rounds(final Distance distance) {
        return distance.of(figures).stream().mapToInt(figure -> figure.values().size()).findFirst().orElse(0);
    }

    /** True if there were enough rounds, and the two threads had a core each. */
    boolean quotable() {
        return rounds >= Plan.QUOTABLE_ROUNDS && !disturbed(figures);
    }

    /**
     * True if in more than a quarter of the rounds a cache line took so long that the two threads must have shared a
     * core, though there are two.
     */
    static boolean disturbed(final List<Figure> figures) {
        return Runtime.getRuntime().availableProcessors() > 1 && figures.stream()
            .filter(figure -> figure.name().equals(Kinds.CACHE_LINE)).map(Figure::values)
            .anyMatch(values -> values.stream().filter(ns -> ns > SHARED_CORE_NS).count() * 4 > values.size());
    }

    /** As JSON, with a line feed at its end. */
    String json() {
        final Map<String, Object> root = new LinkedHashMap<>();
        root.put("command", "peers");
        root.put("host", host);
        root.put("rounds", rounds);
        root.put("quotable", quotable());
        root.put("ucx", ucx);
        root.put("ratios", ratios().stream().map(Ratio::columns).toList());
        for (final Distance distance : Distance.values()) {
            root.put(distance.name().toLowerCase(Locale.ROOT), Map.of("rounds", rounds(distance), "ratios",
                ratios(distance).stream().map(Ratio::columns).toList()));
        }
        root.put("figures", figures.stream().map(PeersReport::columns).toList());
        root.put("notes", notes);
        return JsonForm.of(root);
    }

    /** As CSV: the figures, then the ratios; columns that do not apply to a row are empty. */
    String csv() {
        final List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (final Figure figure : figures) {
            rows.add(row("figure", columns(figure)));
        }
        for (final Ratio ratio : ratios()) {
            rows.add(row("ratio", ratio.columns()));
        }
        return CsvForm.of(HEADING, rows);
    }

    private static Map<String, @Nullable Object> row(final String kind, final Map<String, Object> columns) {
        final Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("kind", kind);
        row.putAll(columns);
        return row;
    }

    private static Map<String, Object> columns(final Figure figure) {
        final Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("name", figure.name());
        columns.put("bytes", figure.bytes());
        columns.put("unit", figure.unit().symbol());
        final Spread spread = figure.spread();
        columns.put("median", decimal(spread.median()));
        columns.put("min", decimal(spread.min()));
        columns.put("max", decimal(spread.max()));
        columns.put("rounds", spread.rounds());
        if (!figure.allocated().isEmpty()) {
            columns.put("allocatedBytesPerOperation", decimal(figure.maxAllocated()));
        }
        return columns;
    }

    private static BigDecimal decimal(final double value) {
        final BigDecimal rounded = BigDecimal.valueOf(value).setScale(DIGITS, RoundingMode.HALF_UP);
        return rounded.stripTrailingZeros();
    }
}
