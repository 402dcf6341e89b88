package io.rnic.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The files of {@code --json} and {@code --csv}: checked before anything is measured, written at the end. */
public final class ReportFiles {
    private final @Nullable OutputFile json;
    private final @Nullable OutputFile csv;

    private ReportFiles(final @Nullable OutputFile json, final @Nullable OutputFile csv) {
        this.json = json;
        this.csv = csv;
    }

    /**
     * Checks that both can be written.
     *
     * @param spec the command, for errors
     * @param json what {@code --json} names, if it is given
     * @param csv  what {@code --csv} names, if it is given
     * @throws ParameterException if one cannot be written, or both are the same
     */
    public static ReportFiles check(final CommandSpec spec, final @Nullable String json, final @Nullable String csv)
        throws IOException {
        final ReportFiles files = new ReportFiles(output(spec, "--json", json), output(spec, "--csv", csv));
        if (isStandardOutput(files.json) && isStandardOutput(files.csv)) {
            throw usage(spec, "--json and --csv cannot both be '-'; one of them is allowed");
        }
        if (files.json != null && files.json.isSame(files.csv)) {
            throw usage(spec, "--json and --csv both name '" + json + "'; two different files are allowed");
        }
        return files;
    }

    /** True if one of them goes to standard output: then the table for people goes to standard error. */
    public boolean takeStandardOutput() {
        return isStandardOutput(json) || isStandardOutput(csv);
    }

    /**
     * Writes all that was asked for.
     *
     * @param table for people
     * @throws IOException if something could not be written
     */
    public void write(final String table, final Supplier<String> jsonText, final Supplier<String> csvText,
                      final PrintStream out, final PrintStream err) throws IOException {
        (takeStandardOutput() ? err : out).print(table);
        if (json != null) {
            json.write(jsonText.get(), out);
        }
        if (csv != null) {
            csv.write(csvText.get(), out);
        }
        OutputFile.requireTaken(out);
    }

    private static @Nullable OutputFile output(final CommandSpec spec, final String option,
                                               final @Nullable String name) {
        try {
            return name == null ? null : OutputFile.check(name);
        } catch (final IOException e) {
            throw usage(spec, option + " " + e.getMessage() + "; a file that can be written is allowed, or - for"
                + " standard output");
        }
    }

    private static boolean isStandardOutput(final @Nullable OutputFile file) {
        return file != null && file.isStandardOutput();
    }

    private static ParameterException usage(final CommandSpec spec, final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
