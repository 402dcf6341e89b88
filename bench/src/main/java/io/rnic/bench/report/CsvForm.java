package io.rnic.bench.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.List;
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
        final StringWriter text = new StringWriter();
        // No buffer: the text is in memory anyway, and so there is nothing to flush.
        final CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).bufferSize(0).build(text);
        csv.writeRecord(HEADING);
        Stream.concat(report.limits().stream(), report.results().stream())
            .forEach(row -> csv.writeRecord(row.columns().values().stream().map(CsvForm::field).toList()));
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
