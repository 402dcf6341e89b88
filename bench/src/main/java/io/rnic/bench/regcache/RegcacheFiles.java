package io.rnic.bench.regcache;

import io.rnic.bench.report.OutputFile;
import io.rnic.bench.report.ReportFiles;
import java.io.IOException;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say where results go. */
final class RegcacheFiles {
    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results as JSON; - is standard output.")
    private @Nullable String json;

    @Option(names = "--csv", paramLabel = "FILE", description = "Writes the results as CSV; - is standard output.")
    private @Nullable String csv;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draws the results: cost, hit ratio and locked memory"
        + " over the limit, with the bounds.")
    private @Nullable String svg;

    @Option(names = "--html", paramLabel = "FILE", description = "Writes a page with the picture and the tables.")
    private @Nullable String html;

    private @Nullable ReportFiles report;
    private @Nullable OutputFile svgFile;
    private @Nullable OutputFile htmlFile;

    /** Finds out whether all can be written. */
    void check(final CommandSpec spec) throws IOException {
        report = ReportFiles.check(spec, json, csv);
        svgFile = file(spec, "--svg", svg);
        htmlFile = file(spec, "--html", html);
    }

    private static @Nullable OutputFile file(final CommandSpec spec, final String option, final @Nullable String name) {
        try {
            return name == null ? null : OutputFile.check(name);
        } catch (final IOException e) {
            throw new ParameterException(spec.commandLine(), option + " " + e.getMessage()
                + "; a file that can be written is allowed", e);
        }
    }

    /** Writes all that was asked for. */
    void write(final RegcacheReport results, final PrintStream out, final PrintStream err) throws IOException {
        if (report == null) {
            throw new IllegalStateException("files are checked first");
        }
        report.write(RegcacheTable.of(results), () -> RegcacheForms.json(results), () -> RegcacheForms.csv(results),
            out, err);
        if (svgFile != null) {
            svgFile.write(RegcacheChart.svg(results), out);
        }
        if (htmlFile != null) {
            final String picture = RegcacheChart.svg(results);
            htmlFile.write(RegcachePage.html(results, picture.substring(picture.indexOf("<svg"))), out);
        }
    }
}
