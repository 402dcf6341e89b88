package io.rnic.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The files that {@code --json} and {@code --csv} name: checked before anything is measured, written at the end. */
public final class ReportFiles {
    private final @Nullable OutputFile json;
    private final @Nullable OutputFile csv;

    private ReportFiles(final @Nullable OutputFile json, final @Nullable OutputFile csv) {
        this.json = json;
        this.csv = csv;
    }

    /**
     * Checks that they can be written.
     *
     * @param command whose options they are
     * @param json    what {@code --json} names, null without it
     * @param csv     what {@code --csv} names, null without it
     * @throws ParameterException if one cannot be written, or both are the same
     */
    public static ReportFiles check(
        final CommandLine command, final @Nullable String json, final @Nullable String csv) throws IOException {
        final ReportFiles files = new ReportFiles(file(command, "--json", json), file(command, "--csv", csv));
        if (isStandardOutput(files.json) && isStandardOutput(files.csv)) {
            throw new ParameterException(command, "--json and --csv cannot both be '-'; one of them is allowed");
        }
        if (files.json != null && files.json.isSame(files.csv)) {
            throw new ParameterException(command,
                "--json and --csv both name '" + json + "'; two different files are allowed");
        }
        return files;
    }

    private static @Nullable OutputFile file(
        final CommandLine command, final String option, final @Nullable String name) {
        try {
            return name == null ? null : OutputFile.check(name);
        } catch (final IOException e) {
            throw new ParameterException(command, option + " " + e.getMessage()
                + "; a file that can be written is allowed, or - for standard output", e);
        }
    }

    /**
     * Writes a report.
     *
     * @param report its content
     * @param table  its form for people, which goes to {@code out}, or to {@code err} when a file is {@code -}
     * @param toJson its form for {@code --json}
     * @param toCsv  its form for {@code --csv}
     * @throws IOException if something could not be written
     */
    public <R> void write(final R report, final Function<R, String> table, final Function<R, String> toJson,
        final Function<R, String> toCsv, final PrintStream out, final PrintStream err) throws IOException {
        (isStandardOutput(json) || isStandardOutput(csv) ? err : out).print(table.apply(report));
        if (json != null) {
            json.write(toJson.apply(report), out);
        }
        if (csv != null) {
            csv.write(toCsv.apply(report), out);
        }
        if (out.checkError()) {
            throw new IOException("standard output could not be written to: the results are lost"
                + " (is the disk full, or its reader gone?)");
        }
    }

    private static boolean isStandardOutput(final @Nullable OutputFile file) {
        return file != null && file.isStandardOutput();
    }
}
