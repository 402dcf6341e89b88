package io.rnic.bench.scale;

import io.rnic.bench.report.Ratio;
import io.rnic.bench.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The report for people. */
final class ScaleTable {
    private static final String NEW_LINE = System.lineSeparator();

    private final ScaleReport report;

    private ScaleTable(final ScaleReport report) {
        this.report = report;
    }

    /** The text, ending in a line end. */
    static String of(final ScaleReport report) {
        final ScaleTable table = new ScaleTable(report);
        return String.join(NEW_LINE, table.heading(), "",
            "Queue pairs: ns per operation; connect, close: per queue pair with its peer",
            table.figures(Figure.Part.QUEUE_PAIRS, "queue pairs"), "",
            "Bytes that an object takes; heap of the host: about", table.bytes(), "",
            "STag table: ns to find and check an STag", table.figures(Figure.Part.STAGS, "entries"), "",
            "Registering and deregistering", table.figures(Figure.Part.REGIONS, "pages or regions"), "",
            table.legend(), "");
    }

    private String heading() {
        final Map<String, Object> host = report.host();
        final long met = report.ratios().stream().filter(Ratio::met).count();
        return "rnic scale: " + host.get("cpu") + ", " + host.get("cores") + " core(s), " + host.get("os") + " "
            + host.get("arch") + ", " + host.get("jvm") + NEW_LINE + "link " + host.get("link")
            + ", threading as the tables say, crossing " + host.get("crossing") + ", objects at multiples of "
            + host.get("objectAlignmentBytes") + " bytes, median of " + host.get("rounds") + " rounds in turns, "
            + met + " of " + report.ratios().size() + " goals met";
    }

    private String figures(final Figure.Part part, final String counted) {
        final Table table = new Table("test", "front end", "threading", counted, "median", "min", "max", "unit",
            "ratio", "min..max", "goal", "met");
        for (final Figure figure : report.of(part)) {
            final Ratio ratio = figure.ratio();
            table.row(figure.test(), figure.frontEnd(), figure.threading(),
                String.format(Locale.ROOT, "%,d", figure.count()), Table.ns(figure.spread().median()),
                Table.ns(figure.spread().min()), Table.ns(figure.spread().max()), figure.unit(),
                ratio == null ? "" : Ratio.text(ratio.value()),
                ratio == null ? "" : Ratio.text(ratio.min()) + ".." + Ratio.text(ratio.max()),
                ratio == null ? "" : ratio.goalText(), ratio == null ? "" : ratio.met() ? "yes" : "no");
        }
        return table.toString();
    }

    /** Front ends side by side, a line for each kind of object. */
    private String bytes() {
        final List<Figure> figures = report.of(Figure.Part.BYTES);
        final Set<String> frontEnds = new LinkedHashSet<>();
        final Set<String> tests = new LinkedHashSet<>();
        figures.forEach(figure -> frontEnds.add(figure.frontEnd()));
        figures.forEach(figure -> tests.add(figure.test()));
        final List<String> units = List.of(Figure.ON_BOARD, Figure.SHARED, Figure.HEAP);
        final List<String> heading = new ArrayList<>(List.of("object"));
        units.forEach(unit -> frontEnds.forEach(frontEnd -> heading.add(frontEnd + " " + unit)));
        final Table table = new Table(heading.toArray(String[]::new));
        for (final String test : tests) {
            final List<String> cells = new ArrayList<>(List.of(test));
            units.forEach(unit -> frontEnds.forEach(frontEnd -> cells.add(cell(figures, test, frontEnd, unit))));
            table.row(cells.toArray(String[]::new));
        }
        return table.toString();
    }

    /** Empty where it was not measured: the heap only where there are many. */
    private static String cell(
        final List<Figure> figures, final String test, final String frontEnd, final String unit) {
        return figures.stream().filter(figure -> figure.test().equals(test) && figure.frontEnd().equals(frontEnd)
                && figure.unit().equals(unit)).findFirst()
            .map(figure -> String.format(Locale.ROOT, "%,.0f", figure.spread().median())).orElse("");
    }

    private String legend() {
        final List<String> lines = new ArrayList<>();
        lines.add("queue pairs  so many that post, each with a peer of its own on the same device, which has twice as"
            + " many; all sets exist at the same time, each on a device of its own");
        lines.add("*_busy       32 bytes, one thread, single posts, every 8th of a queue pair signalled; send_*: with"
            + " the post of its receive; one: the others are idle; all: each in turn");
        lines.add("queue_pair   16 requests each way, 1 piece each, no inline data; completion_queue: 256 completions;"
            + " regions: 64 KiB, for the process alone, or for its peer too");
        lines.add("stag_check   the same 16 STags again and again; random: any of the table, so with cache misses");
        lines.add("ratio        of the rounds' quotients the median: beside 1; of register_accounted and _locked: time"
            + " per page beside the line above");
        report.notes().forEach(note -> lines.add("note         " + note));
        return String.join(NEW_LINE, lines);
    }
}
