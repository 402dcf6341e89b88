package io.rnic.bench.peers;

import io.rnic.bench.report.Progress;
import io.rnic.bench.report.ReportFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command line of {@code rnic peers}. */
@Command(name = "peers", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Measures the NIC beside the limits of this machine (a cache line between two threads, a copy of"
        + " memory) and beside others that move messages: an Agrona ring, Aeron IPC, TCP by Netty, and ucx_perftest"
        + " where it is installed; in rounds, on the same payloads. Prints each figure and the ratios with their goals."
        + " Takes about two minutes.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done, whether goals are met or missed", "1:a test failed", "2:wrong usage", "130:Ctrl-C"})
public final class PeersCommand implements Callable<Integer> {
    private static final int MAX_ROUNDS = 1000;
    private static final int INTERRUPTED = 130;

    private final PrintStream out;
    private final PrintStream err;
    private final @Nullable Plan fixedPlan;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--quick", description = "Fewer and shorter rounds: about 40 seconds.")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N", converter = Rounds.class,
        description = "Rounds, from 1 to " + MAX_ROUNDS + "; ratios of fewer than 5 are not to be quoted. Default: 35,"
            + " quick 5.")
    private @Nullable Integer rounds;

    @Option(names = "--only", paramLabel = "TEST", split = ",", converter = TestName.class,
        description = "Runs these tests alone, by their names in the table; ucx for all that ucx_perftest measures.")
    private List<String> only = List.of();

    @Option(names = "--one-jvm", description = "Runs all tests in one JVM, where a compiler has seen all of them."
        + " Otherwise they have JVMs of their own, which take turns.")
    private boolean oneJvm;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results as JSON; - is standard output.")
    private @Nullable String json;

    @Option(names = "--csv", paramLabel = "FILE", description = "Writes the results as CSV; - is standard output.")
    private @Nullable String csv;

    /**
     * Creates the command.
     *
     * @param out where the results go
     * @param err where the progress goes
     */
    public PeersCommand(final PrintStream out, final PrintStream err) {
        this(out, err, null);
    }

    /** Creates the command with another plan, of which only the rounds may be changed by an option. */
    PeersCommand(final PrintStream out, final PrintStream err, final @Nullable Plan fixedPlan) {
        this.out = out;
        this.err = err;
        this.fixedPlan = fixedPlan;
    }

    /** A number of rounds. */
    static final class Rounds implements ITypeConverter<Integer> {
        @Override
        public Integer convert(final String value) {
            if (value.matches("[0-9]{1,4}")) {
                final int number = Integer.parseInt(value);
                if (number >= 1 && number <= MAX_ROUNDS) {
                    return number;
                }
            }
            throw new TypeConversionException("'" + value + "' is not a number of rounds; allowed: 1 to " + MAX_ROUNDS);
        }
    }

    /** A test that there is. */
    static final class TestName implements ITypeConverter<String> {
        @Override
        public String convert(final String value) {
            final List<String> names = Kinds.all().stream().map(Kind::name).toList();
            if (!names.contains(value) && !value.equals(Kinds.UCX)) {
                throw new TypeConversionException("'" + value + "' is no test; allowed: " + String.join(", ", names)
                    + ", " + Kinds.UCX);
            }
            return value;
        }
    }

    @Override
    public Integer call() throws IOException {
        final ReportFiles files = ReportFiles.check(spec, json, csv);
        final PeersReport report;
        try {
            report = measure();
        } catch (final CancellationException e) {
            // Ctrl-C reaches the JVMs of the tests too, and one of them was faster than this one.
            return INTERRUPTED;
        }
        final Ansi colours = files.takeStandardOutput() ? Ansi.OFF : Ansi.AUTO;
        files.write(PeersTable.of(report, colours), report::json, report::csv, out, err);
        return 0;
    }

    private PeersReport measure() {
        Plan plan = fixedPlan != null ? fixedPlan : quick ? Plan.QUICK : Plan.STANDARD;
        if (rounds != null) {
            plan = plan.withRounds(rounds);
        }
        final Set<String> names = new HashSet<>(only);
        final List<Kind> kinds =
            Kinds.all().stream().filter(kind -> only.isEmpty() || names.contains(kind.name())).toList();
        final Ucx ucx = only.isEmpty() || names.contains(Kinds.UCX) ? Ucx.find(System.getenv("PATH")) : Ucx.none();
        try (Progress progress = Progress.start(err, "peers", Peers.steps(plan))) {
            return new Peers(kinds, plan, oneJvm, ucx, progress, err).run();
        }
    }
}
