package io.rnic.bench.pieces;

import io.rnic.bench.report.OutputFile;
import io.rnic.bench.report.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of {@code rnic pieces}. */
@Command(name = "pieces", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Measures the pieces of the data path one by one with JMH, each in a JVM of its own, and what they"
        + " allocate. Takes about two minutes.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:a benchmark failed", "2:wrong usage", "130:Ctrl-C"})
public final class PiecesCommand implements Callable<Integer> {
    private static final String PACKAGE = PiecesCommand.class.getPackageName() + ".";
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final int MAX_MILLISECONDS = 60_000;

    private final PrintStream out;
    private final PrintStream err;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "PATTERN",
        description = "Only benchmarks whose name (Class.method) contains a match of this regular expression.")
    private String pattern = "";

    @Option(names = "--list", description = "Lists the benchmarks and measures nothing.")
    private boolean list;

    @Option(names = "--quick", description = "Fewer iterations: under a minute, and less exact.")
    private boolean quick;

    @Option(names = "--milliseconds", paramLabel = "N",
        description = "How long an iteration is, 1 to 60000. Default: 200.")
    private int milliseconds = 200;

    @Option(names = "--json", paramLabel = "FILE",
        description = "Writes the results as JMH's JSON; - is standard output.")
    private @Nullable String json;

    /**
     * Creates the command.
     *
     * @param out where the results go
     * @param err where the progress goes
     */
    public PiecesCommand(final PrintStream out, final PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws IOException, RunnerException {
        if (milliseconds < 1 || milliseconds > MAX_MILLISECONDS) {
            throw usage("--milliseconds " + milliseconds + "; allowed: 1 to " + MAX_MILLISECONDS);
        }
        final List<String> names = names();
        final OutputFile jsonFile = output();
        if (list && jsonFile != null) {
            throw usage("--list measures nothing, so there is nothing for --json; allowed: one of them");
        }
        if (list) {
            names.forEach(name -> out.println(name.substring(PACKAGE.length())));
        } else {
            measure(names, jsonFile);
        }
        OutputFile.requireTaken(out);
        return 0;
    }

    private void measure(final List<String> names, final @Nullable OutputFile jsonFile)
        throws IOException, RunnerException {
        final Collection<RunResult> results = new Runner(options(names).build(), progress()).run();
        final boolean standardOutputTaken = jsonFile != null && jsonFile.isStandardOutput();
        (standardOutputTaken ? err : out).println(table(results));
        if (jsonFile != null) {
            jsonFile.write(json(results), out);
        }
    }

    private OutputFormat progress() {
        return OutputFormatFactory.createFormatInstance(err, VerboseMode.NORMAL);
    }

    /** The benchmarks that are asked for. */
    private List<String> names() {
        final Pattern asked;
        try {
            asked = Pattern.compile(pattern);
        } catch (final PatternSyntaxException e) {
            throw usage("'" + pattern + "' is no regular expression (" + e.getDescription() + "); allowed: a part of"
                + " a name, see --list");
        }
        final List<String> names = all().stream().filter(name -> asked.matcher(name.substring(PACKAGE.length())).find())
            .toList();
        if (names.isEmpty()) {
            throw usage("'" + pattern + "' matches no benchmark; allowed: a part of a name, see --list");
        }
        return names;
    }

    /** The names of all benchmarks, with their package. */
    static List<String> all() {
        final OutputFormat silent = OutputFormatFactory.createFormatInstance(
            new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8), VerboseMode.SILENT);
        return BenchmarkList.defaultList().getAll(silent, List.of()).stream().map(BenchmarkListEntry::getUsername)
            .filter(name -> name.startsWith(PACKAGE)).sorted().toList();
    }

    private ChainedOptionsBuilder options(final List<String> names) {
        final ChainedOptionsBuilder options = new OptionsBuilder().shouldFailOnError(true).forks(1)
            .addProfiler(GCProfiler.class)
            .warmupIterations(quick ? 2 : 5).warmupTime(TimeValue.milliseconds(milliseconds))
            .measurementIterations(quick ? 3 : 5).measurementTime(TimeValue.milliseconds(milliseconds));
        names.forEach(name -> options.include("^" + Pattern.quote(name) + "$"));
        final Module module = PiecesCommand.class.getModule();
        if (module.isNamed()) {
            // JMH starts JVMs with the options of this one, its module path among them, but not in this module.
            options.jvmArgsAppend("--add-modules", module.getName());
        }
        return options;
    }

    private static String table(final Collection<RunResult> results) {
        final Table table = new Table("piece", "parameters", "ns/op", "+-", "bytes/op");
        for (final RunResult result : results) {
            final Result<?> time = result.getPrimaryResult();
            final Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            table.row(result.getParams().getBenchmark().substring(PACKAGE.length()), parameters(result),
                Table.ns(time.getScore()), Table.ns(time.getScoreError()),
                allocated == null ? "" : Table.ns(allocated.getScore()));
        }
        return table.toString();
    }

    private static String parameters(final RunResult result) {
        return result.getParams().getParamsKeys().stream().map(key -> key + "=" + result.getParams().getParam(key))
            .collect(Collectors.joining(" "));
    }

    private static String json(final Collection<RunResult> results) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        ResultFormatFactory.getInstance(ResultFormatType.JSON, stream).writeOut(results);
        stream.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private @Nullable OutputFile output() {
        try {
            return json == null ? null : OutputFile.check(json);
        } catch (final IOException e) {
            throw usage("--json " + e.getMessage() + "; a file that can be written is allowed, or - for standard"
                + " output");
        }
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
