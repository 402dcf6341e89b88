package io.rnic.bench.compare;

import io.rnic.bench.report.Measurement;
import io.rnic.bench.report.Report;
import io.rnic.bench.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The report for people: front ends side by side, a line for each test and size. */
final class CompareTable {
    private static final String NEW_LINE = System.lineSeparator();

    private final Report report;
    private final List<String> frontEnds;

    private CompareTable(final Report report) {
        this.report = report;
        frontEnds = report.results().stream().map(Measurement::frontEnd).distinct().toList();
    }

    /** The text, ending in a line end. */
    static String of(final Report report) {
        final CompareTable table = new CompareTable(report);
        return String.join(NEW_LINE, table.heading(), "", "Limits of this machine, measured in the same run",
            table.limits(), "", "Latency in ns; send_lat and write_lat: half a round trip", table.latencies(), "",
            "Bandwidth", table.bandwidths(), "", table.legend(), "");
    }

    private String heading() {
        final Map<String, Object> host = report.host();
        return "rnic compare: " + host.get("cpu") + ", " + host.get("cores") + " core(s), " + host.get("os") + " "
            + host.get("arch") + ", " + host.get("jvm") + NEW_LINE + "link " + host.get("link") + ", threading "
            + host.get("threading") + ", pinning " + host.get("pinning") + ", crossing " + host.get("crossing");
    }

    private String limits() {
        final Table table = new Table("limit", "bytes", "median", "p99", "unit", "samples");
        for (final Measurement row : report.limits()) {
            final boolean time = row.unit().equals(Measurement.NS);
            table.row(row.test(), row.bytes() == 0 ? "" : Table.size(row.bytes()), value(row.median(), time),
                value(row.p99(), time), time ? "ns" : "MB/s", Long.toString(row.samples()));
        }
        return table.toString();
    }

    private static String value(final double value, final boolean time) {
        return time ? Table.ns(value) : Table.megabytesPerSecond(value);
    }

    private String latencies() {
        final List<String> heading = new ArrayList<>(List.of("test", "bytes"));
        frontEnds.forEach(name -> heading.addAll(List.of(name + " median", "p99")));
        heading.add("delta");
        heading.add("samples");
        final Table table = new Table(heading.toArray(String[]::new));
        for (final List<Measurement> line : lines(Measurement.NS)) {
            final List<String> cells = cells(line);
            for (final Measurement row : line) {
                cells.add(Table.ns(row.median()));
                cells.add(Table.ns(row.p99()));
            }
            cells.add(Table.ns(first(line, Measurement::deltaNs)));
            cells.add(line.stream().map(row -> Long.toString(row.samples())).collect(Collectors.joining("+")));
            table.row(cells.toArray(String[]::new));
        }
        return table.toString();
    }

    private String bandwidths() {
        final List<String> heading = new ArrayList<>(List.of("test", "bytes"));
        frontEnds.forEach(name -> heading.addAll(List.of(name + " MB/s", "p99", "M/s")));
        heading.addAll(List.of("delta ns", "PD %", "rounds"));
        final Table table = new Table(heading.toArray(String[]::new));
        for (final List<Measurement> line : lines(Measurement.BYTES_PER_SECOND)) {
            final List<String> cells = cells(line);
            for (final Measurement row : line) {
                cells.add(Table.megabytesPerSecond(row.median()));
                cells.add(Table.megabytesPerSecond(row.p99()));
                cells.add(Table.millionsPerSecond(row.rate()));
            }
            cells.add(Table.ns(first(line, Measurement::deltaNs)));
            cells.add(Table.percent(first(line, Measurement::pdPercent)));
            cells.add(Long.toString(line.getLast().samples()));
            table.row(cells.toArray(String[]::new));
        }
        return table.toString();
    }

    /** What the row of the front end says that is compared with {@code user}; null if there is none. */
    private static @Nullable Double first(final List<Measurement> line,
                                          final Function<Measurement, @Nullable Double> column) {
        for (final Measurement row : line) {
            final Double value = column.apply(row);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static List<String> cells(final List<Measurement> line) {
        return new ArrayList<>(List.of(line.getFirst().test(), Table.size(line.getFirst().bytes())));
    }

    /** The rows of one unit, those of the same test and size together. */
    private List<List<Measurement>> lines(final String unit) {
        return List.copyOf(report.results().stream().filter(row -> row.unit().equals(unit)).collect(
            Collectors.groupingBy(row -> row.test() + "/" + row.bytes(), LinkedHashMap::new, Collectors.toList()))
            .values());
    }

    private String legend() {
        final List<String> lines = new ArrayList<>();
        lines.add("median, p99  of all samples, front ends in turns, warm-up apart; a sample of a latency"
            + " holds one look at the clock");
        lines.add("             p99 of a bandwidth is what 99 % of the rounds reached: the low end");
        lines.add("delta        what an operation takes longer through the kernel, in ns, as measured (paper, Eq. 3)");
        lines.add("PD %         (user - kernel) / user * 100 of the throughputs (paper, Eq. 2)");
        lines.add("*_bw         single posts, up to 64 outstanding, every 16th signalled, up to 16 completions a poll");
        lines.add("file_read    up to 32 blocks outstanding (2 MiB), for each block one post and one poll");
        if (report.host().get("notes") instanceof List<?> notes) {
            notes.forEach(note -> lines.add("note         " + note));
        }
        return String.join(NEW_LINE, lines);
    }
}
