package io.rnic.bench.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A report as CSV (RFC 4180 with line feeds): a heading, the limits, the results. Columns as in {@link Measurement};
 * those that do not apply to a row are empty.
 */
public final class CsvForm {
    private static final List<String> HEADING =
        List.copyOf(Measurement.limit("", 0, Measurement.NS, 0, 0, 0).columns().keySet());

    private CsvForm() {
    }

    /** The report's text. */
    public static String of(final Report report) {
        return of(HEADING, Stream.concat(report.limits().stream(), report.results().stream())
            .map(Measurement::columns).toList());
    }

    /** The text of rows of other columns, each of which has a value for every name of the heading, or null. */
    public static String of(final List<String> heading, final List<? extends Map<String, @Nullable Object>> rows) {
        final StringWriter text = new StringWriter();
        // No buffer: the text is in memory anyway, and so there is nothing to flush.
        final CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).bufferSize(0).build(text);
        csv.writeRecord(heading);
        rows.forEach(row -> csv.writeRecord(heading.stream().map(name -> field(row.get(name))).toList()));
        return text.toString();
    }

    private static String field(final @Nullable Object value) {
        return switch (value) {
            case null -> "";
            case BigDecimal number -> number.toPlainString();
            default -> value.toString();
        };
    }
}
