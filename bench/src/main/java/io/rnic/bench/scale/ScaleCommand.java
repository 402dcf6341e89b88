package io.rnic.bench.scale;

import io.rnic.bench.report.Progress;
import io.rnic.bench.report.ReportFiles;
import io.rnic.verbs.Rnic;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of {@code rnic scale}. */
@Command(name = "scale", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Measures what many cost beside one: queue pairs, entries of the STag table, pages of a region; and"
        + " the bytes that each takes. Takes about a minute and a half.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done, also when a goal is missed", "1:an experiment failed", "2:wrong usage", "130:Ctrl-C"})
public final class ScaleCommand implements Callable<Integer> {
    /** What an STag table takes, less some for the regions that are registered beside. */
    static final int MAX_ENTRIES = 4_000_000;

    private static final int MAX_ROUNDS = 1000;

    private final PrintStream out;
    private final PrintStream err;
    private final @Nullable Plan fixedPlan;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--quick", description = "Smaller counts, fewer and shorter rounds: about fifteen seconds.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results as JSON; - is standard output.")
    private @Nullable String json;

    @Option(names = "--csv", paramLabel = "FILE", description = "Writes the results as CSV; - is standard output.")
    private @Nullable String csv;

    @Option(names = "--queue-pairs", paramLabel = "COUNT", split = ",",
        description = "How many queue pairs are compared with one, 1 to " + ConnectedPairs.MAX_COUNT
            + "; as many peers come on top. Default: 64,4096,65536; with --quick 64,4096.")
    private List<String> queuePairs = List.of();

    @Option(names = "--entries", paramLabel = "COUNT",
        description = "Entries of the large STag table, 1 to " + MAX_ENTRIES + ". Default: 1000000; with --quick"
            + " 100000.")
    private @Nullable String entries;

    @Option(names = "--rounds", paramLabel = "COUNT",
        description = "Recorded rounds, 1 to " + MAX_ROUNDS + ". Default: 7; with --quick 5.")
    private @Nullable String rounds;

    @Option(names = "--front-ends", paramLabel = "NAME", split = ",",
        description = "Front ends, one after the other. Default: user,kernel.")
    private List<String> frontEnds = List.of("user", "kernel");

    /**
     * Creates the command.
     *
     * @param out where the results go
     * @param err where the progress goes
     */
    public ScaleCommand(final PrintStream out, final PrintStream err) {
        this(out, err, null);
    }

    /** Creates the command with another plan; null to have it as the options say. */
    ScaleCommand(final PrintStream out, final PrintStream err, final @Nullable Plan fixedPlan) {
        this.out = out;
        this.err = err;
        this.fixedPlan = fixedPlan;
    }

    @Override
    public Integer call() throws IOException {
        requireOnce("--queue-pairs", queuePairs);
        requireOnce("--front-ends", frontEnds);
        checkFrontEnds();
        final Plan basis = fixedPlan != null ? fixedPlan : quick ? Plan.QUICK : Plan.STANDARD;
        final Plan plan = basis.with(
            queuePairs.stream().map(value -> count("--queue-pairs", value, ConnectedPairs.MAX_COUNT)).toList(),
            entries == null ? 0 : count("--entries", entries, MAX_ENTRIES),
            rounds == null ? 0 : count("--rounds", rounds, MAX_ROUNDS));
        final ReportFiles files = ReportFiles.check(spec, json, csv);
        final ScaleReport report;
        try (Progress progress = Progress.start(err, "scale", Scaling.steps(plan, frontEnds))) {
            report = new Scaling(plan, frontEnds, progress).run();
        }
        files.write(ScaleTable.of(report), () -> ScaleForms.json(report), () -> ScaleForms.csv(report), out, err);
        return 0;
    }

    private int count(final String option, final String value, final int max) {
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > max) {
            throw usage(option + " '" + value + "' is not a count; allowed: 1 to " + max);
        }
        return Integer.parseInt(value);
    }

    private void checkFrontEnds() {
        for (final String name : frontEnds) {
            if (!Rnic.frontEnds().contains(name)) {
                throw usage("--front-ends '" + name + "' is unknown; allowed: "
                    + String.join(", ", Rnic.frontEnds()));
            }
        }
    }

    private void requireOnce(final String option, final List<String> values) {
        final HashSet<String> seen = new HashSet<>();
        for (final String value : values) {
            if (!seen.add(value)) {
                throw usage(option + " names '" + value + "' twice; each value is allowed once");
            }
        }
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
