package io.rnic.bench.regcache;

import io.rnic.bench.report.OutputFile;
import io.rnic.bench.report.ReportFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    void check(final CommandSpec spec, final List<Path> inputs) throws IOException {
        report = ReportFiles.check(spec, json, csv);
        svgFile = file(spec, "--svg", svg);
        htmlFile = file(spec, "--html", html);
        final Map<String, String> names = new LinkedHashMap<>();
        put(names, "--json", json);
        put(names, "--csv", csv);
        put(names, "--svg", svg);
        put(names, "--html", html);
        final List<String> options = List.copyOf(names.keySet());
        for (int i = 0; i < options.size(); i++) {
            final String option = options.get(i);
            final OutputFile file = OutputFile.check(String.valueOf(names.get(option)));
            for (final Path input : inputs) {
                if (file.isSame(input)) {
                    throw new ParameterException(spec.commandLine(), option + " '" + names.get(option)
                        + "' is the input '" + input + "'; another file is allowed");
                }
            }
            for (final String other : options.subList(i + 1, options.size())) {
                final OutputFile second = OutputFile.check(String.valueOf(names.get(other)));
                if (file.isSame(second) || (file.isStandardOutput() && second.isStandardOutput())) {
                    throw new ParameterException(spec.commandLine(), option + " and " + other + " both name '"
                        + names.get(option) + "'; different files are allowed");
                }
            }
        }
    }

    private static boolean isStandardOutput(final @Nullable OutputFile file) {
        return file != null && file.isStandardOutput();
    }

    private static void put(final Map<String, String> names, final String option, final @Nullable String name) {
        if (name != null) {
            names.put(option, name);
        }
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
        final String table = RegcacheTable.of(results);
        final boolean taken = isStandardOutput(svgFile) || isStandardOutput(htmlFile);
        if (taken) {
            err.print(table);
        }
        report.write(taken ? "" : table, () -> RegcacheForms.json(results), () -> RegcacheForms.csv(results),
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
