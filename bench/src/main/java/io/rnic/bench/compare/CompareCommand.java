package io.rnic.bench.compare;

import io.rnic.bench.report.CsvForm;
import io.rnic.bench.report.JsonForm;
import io.rnic.bench.report.Progress;
import io.rnic.bench.report.Report;
import io.rnic.bench.report.ReportFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of {@code rnic compare}. */
@Command(name = "compare", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Measures what the kernel costs: the same work through the user-level and the kernel front end of one"
        + " NIC, in turns, beside the limits of this machine. Takes about a minute.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:a SHA-256 does not agree, or an experiment failed", "2:wrong usage", "130:Ctrl-C"})
public final class CompareCommand implements Callable<Integer> {
    private final PrintStream out;
    private final PrintStream err;
    private final Consumer<MemorySegment> received;
    private final @Nullable Plan fixedPlan;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--quick", description = "Fewer and shorter rounds: about ten seconds.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results as JSON; - is standard output.")
    private @Nullable String json;

    @Option(names = "--csv", paramLabel = "FILE", description = "Writes the results as CSV; - is standard output.")
    private @Nullable String csv;

    @Option(names = "--file", paramLabel = "PATH",
        description = "The file that is streamed by RDMA Read. Default: lib/modules of this JDK.")
    private Path file = Path.of(System.getProperty("java.home"), "lib", "modules");

    @Option(names = "--sizes", paramLabel = "BYTES", split = ",", converter = Values.Size.class,
        description = "Message sizes from 1 to 1M, with suffix K or M. Default: 1,64,1K,4K,16K,64K.")
    private List<Integer> sizes = List.of(1, 64, 1024, 4096, 16_384, 65_536);

    @Option(names = "--front-ends", paramLabel = "NAME", split = ",", converter = Values.FrontEnd.class,
        description = "Front ends in the order of their turns. Default: user,kernel.")
    private List<String> frontEnds = List.of("user", "kernel");

    @Option(names = "--threading", paramLabel = "MODE", converter = Values.Threading.class,
        description = "Who does the NIC's work. invoker: the thread that posts; dedicated: a thread of the"
            + " NIC's own. Default: invoker.")
    private String threading = "invoker";

    @Option(names = "--pinning", paramLabel = "MODE", converter = Values.PinningMode.class,
        description = "preferred: registered memory is locked while the system allows it, then accounted; locked: or"
            + " refused; accounted: only counted. Default: preferred.")
    private String pinning = "preferred";

    @Option(names = "--crossing", paramLabel = "WHAT", converter = Values.CrossingName.class,
        description = "What a crossing into the kernel is: null-syscall, none, spin:NANOSECONDS."
            + " Default: null-syscall.")
    private String crossing = "null-syscall";

    /**
     * Creates the command.
     *
     * @param out where the results go
     * @param err where the progress goes
     */
    public CompareCommand(final PrintStream out, final PrintStream err) {
        this(out, err, null, block -> { });
    }

    /**
     * Creates the command with another plan, and with a look at what is received.
     *
     * @param fixedPlan how the time is spent; null to have it as the options say
     * @param received  is shown every block of the file before it is hashed
     */
    CompareCommand(final PrintStream out, final PrintStream err, final @Nullable Plan fixedPlan,
                   final Consumer<MemorySegment> received) {
        this.out = out;
        this.err = err;
        this.fixedPlan = fixedPlan;
        this.received = received;
    }

    @Override
    public Integer call() throws IOException {
        checkFile();
        requireOnce("--front-ends", frontEnds);
        requireOnce("--sizes", sizes);
        final ReportFiles files = ReportFiles.check(spec, json, csv);
        final Report report = measure();
        files.write(CompareTable.of(report), () -> JsonForm.of(report), () -> CsvForm.of(report), out, err);
        return 0;
    }

    private Report measure() {
        final Settings settings = new Settings(frontEnds, threading, pinning, crossing, sizes, file);
        final Plan plan = fixedPlan != null ? fixedPlan : quick ? Plan.QUICK : Plan.STANDARD;
        try (Progress progress = Progress.start(err, "compare", Comparison.steps(settings))) {
            return new Comparison(settings, plan, progress, received).run();
        }
    }

    private void checkFile() throws IOException {
        final String allowed = "; a readable file that is not empty is allowed";
        if (file.toString().isEmpty()) {
            throw usage("--file is given without a name" + allowed);
        }
        if (!Files.exists(file)) {
            throw usage("--file '" + file + "' does not exist" + allowed);
        }
        if (!Files.isRegularFile(file)) {
            final String kind = Files.isDirectory(file) ? "a directory" : "no regular file";
            throw usage("--file '" + file + "' is " + kind + allowed);
        }
        if (!Files.isReadable(file)) {
            throw usage("--file '" + file + "' cannot be read" + allowed);
        }
        if (Files.size(file) == 0) {
            throw usage("--file '" + file + "' is empty" + allowed);
        }
    }

    private void requireOnce(final String option, final List<?> values) {
        final Set<Object> seen = new HashSet<>();
        for (final Object value : values) {
            if (!seen.add(value)) {
                throw usage(option + " names '" + value + "' twice; each value is allowed once");
            }
        }
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
