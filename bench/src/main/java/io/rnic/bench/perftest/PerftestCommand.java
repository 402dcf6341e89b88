package io.rnic.bench.perftest;

import io.rnic.bench.report.HostFacts;
import io.rnic.bench.report.JsonForm;
import io.rnic.bench.report.ReportFiles;
import io.rnic.bench.tcp.Range;
import io.rnic.bench.tcp.TcpOptions;
import io.rnic.verbs.DeviceAttributes;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line of {@code rnic send-lat} and its like: the letters of perftest. */
@Command(sortOptions = false, exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:something failed, or the two sides do not fit", "2:wrong usage", "130:Ctrl-C"})
public final class PerftestCommand implements Callable<Integer> {
    private static final int PORT = 18_515;
    private static final int MAX_DEPTH = 15_000;
    private static final long MAX_WARM_UP = 3600;
    private static final long MAX_MEMORY = 1L << 30;

    private final PerfTest test;
    private final PrintStream out;
    private final PrintStream err;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @CommandLine.Parameters(arity = "0..1", paramLabel = "HOST",
        description = "Be the client of that server. Without it: be the server.")
    private @Nullable String host;

    @Option(names = {"-s", "--size"}, paramLabel = "BYTES", description = "Of a message. Default: ${DEFAULT-VALUE}.")
    @Range(min = 1, max = Parameters.MAX_BYTES)
    private int size;

    @Option(names = {"-a", "--all"}, description = "All powers of two from 2^1 to 2^23 bytes.")
    private boolean all;

    @Option(names = {"-n", "--iters"}, paramLabel = "COUNT",
        description = "Iterations, of each queue pair. Default: ${DEFAULT-VALUE}.")
    @Range(min = Parameters.MIN_ITERATIONS, max = Parameters.MAX_ITERATIONS)
    private int iterations;

    @Option(names = {"-D", "--duration"}, paramLabel = "SECONDS", description = "So long, in place of -n.")
    @Range(min = 1, max = Parameters.MAX_SECONDS)
    private int seconds;

    @Option(names = {"-p", "--port"}, paramLabel = "PORT", description = "The server's. Default: ${DEFAULT-VALUE}.")
    @Range(min = 1, max = TcpOptions.MAX_PORT)
    private int port = PORT;

    @Option(names = {"-q", "--qp"}, paramLabel = "COUNT",
        description = "Queue pairs, each with a TCP connection; for bandwidth. Default: ${DEFAULT-VALUE}.")
    @Range(min = 1, max = Parameters.MAX_QUEUE_PAIRS)
    private int queuePairs = 1;

    @Option(names = {"-t", "--tx-depth"}, paramLabel = "COUNT",
        description = "Requests outstanding on each queue pair; for bandwidth. Default: ${DEFAULT-VALUE}.")
    @Range(min = 1, max = MAX_DEPTH)
    private int depth = Plan.DEFAULT_DEPTH;

    @Option(names = {"-N", "--noPeak"}, description = "Do not look for the peak.")
    private boolean noPeak;

    @Option(names = "--report_gbits", description = "Gb/sec in place of MB/sec, which is 2^20 bytes.")
    private boolean gigabits;

    @SuppressWarnings("UnusedVariable") // what it asks for is so anyway, as with the next
    @Option(names = {"-F", "--CPU-freq"}, description = "Accepted: the processor's frequency is never asked for.")
    private boolean anyFrequency;

    @SuppressWarnings("UnusedVariable")
    @Option(names = {"-R", "--rdma_cm"}, description = "Accepted: connections are always made by RDMA's own means.")
    private boolean connectionManager;

    @Option(names = "--bind", paramLabel = "ADDR", description = "Where a server listens. Default: every address.")
    private @Nullable String bind;

    @Mixin
    private TcpOptions tcp = new TcpOptions();

    @Option(names = "--threading", paramLabel = "MODE",
        description = "Who does the NIC's work. invoker: the thread that posts; dedicated: a thread of the NIC's own."
            + " Default: ${DEFAULT-VALUE}.")
    private String threading = "invoker";

    @Option(names = "--warm-up", paramLabel = "SECONDS",
        description = "So long messages go before the first measurement, for the JVM to compile what runs; of a"
            + " client. Default: ${DEFAULT-VALUE}.")
    @Range(min = 0, max = MAX_WARM_UP)
    private double warmUp = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results as JSON; - is standard output.")
    private @Nullable String json;

    @SuppressWarnings("UnusedVariable") // picocli acts by it, as by the next
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @SuppressWarnings("UnusedVariable")
    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version.")
    private boolean version;

    private PerftestCommand(final PerfTest test, final PrintStream out, final PrintStream err) {
        this.test = test;
        this.out = out;
        this.err = err;
        size = test.defaultBytes();
        iterations = test.defaultIterations();
    }

    /**
     * The six commands.
     *
     * @param out where results go
     * @param err where errors go
     */
    public static List<CommandLine> all(final PrintStream out, final PrintStream err) {
        return Arrays.stream(PerfTest.values()).map(test -> new PerftestCommand(test, out, err).line()).toList();
    }

    private CommandLine line() {
        final String name = test.label();
        final CommandLine line = new CommandLine(this).setCommandName(name);
        line.getCommandSpec().usageMessage()
            .description("Measures " + test.title() + " by iWARP over TCP between two machines, or two processes of"
                + " one; the options of perftest.")
            .footer("", "A server, and its client on another machine (or here: 127.0.0.1):", "  rnic " + name,
                "  rnic " + name + " HOST");
        return line;
    }

    @Override
    public Integer call() throws IOException {
        final Parameters parameters = parameters();
        final Plan plan = new Plan(test.isLatency() ? Plan.LATENCY_DEPTH : depth, !noPeak, warmUp);
        final InetSocketAddress where = where();
        final RnicOptions settings = settings();
        final ReportFiles files = ReportFiles.check(spec, json, null);
        final Output output = new Output(files.takeStandardOutput() ? err : out, parameters, gigabits);
        final String role = host == null ? "server" : "client";
        final List<Row> rows;
        final DeviceAttributes device;
        try (Rnic nic = Rnic.open(settings)) {
            device = nic.attributes();
            final String facts = "through " + nic.frontEnd() + ", " + device.threading() + ", iWARP over TCP";
            rows = host == null ? new Server(parameters, plan, output, err).run(nic, where, facts)
                : new Client(parameters, plan, output).run(nic, where, facts);
        } catch (final RnicException e) {
            throw TcpOptions.failed(role, where, e);
        }
        files.write("", () -> json(role, parameters, device, rows), () -> "", out, err);
        return 0;
    }

    private Parameters parameters() {
        tcp.checkRanges();
        refuseBoth("--size", "--all");
        refuseBoth("--iters", "--duration");
        if (test.isLatency() && queuePairs != 1) {
            throw tcp.usage("--qp " + queuePairs + " is for bandwidth; allowed here: --qp 1");
        }
        if (test.isLatency() && isGiven("--tx-depth")) {
            throw tcp.usage("--tx-depth " + depth + " is for bandwidth; allowed here: without it, one message at a"
                + " time");
        }
        final boolean timed = isGiven("--duration");
        final Parameters parameters =
            new Parameters(test, all ? 0 : size, timed ? 0 : iterations, timed ? seconds : 0, queuePairs);
        if ((long) parameters.maxBytes() * queuePairs > MAX_MEMORY) {
            throw tcp.usage("--qp " + queuePairs + " with messages of " + parameters.maxBytes()
                + " bytes; allowed: " + MAX_MEMORY + " bytes in all");
        }
        return parameters;
    }

    private InetSocketAddress where() {
        if (host != null && bind != null) {
            throw tcp.usage("--bind is for a server; allowed: --bind or HOST");
        }
        if (host == null && isGiven("--warm-up")) {
            throw tcp.usage("--warm-up " + warmUp + " is for a client; allowed: it with HOST");
        }
        return new InetSocketAddress(host != null ? tcp.address("HOST", host)
            : tcp.address("--bind", bind == null ? "0.0.0.0" : bind), port);
    }

    private RnicOptions settings() {
        if (!threading.equals("invoker") && !threading.equals("dedicated")) {
            throw tcp.usage("--threading '" + threading + "' is unknown; allowed: invoker, dedicated");
        }
        return tcp.settings("perftest").with("threading", threading);
    }

    private void refuseBoth(final String one, final String other) {
        if (isGiven(one) && isGiven(other)) {
            throw tcp.usage(one + " and " + other + " are given; allowed: one of them");
        }
    }

    private boolean isGiven(final String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    private String json(final String role, final Parameters parameters, final DeviceAttributes device,
        final List<Row> rows) {
        final Map<String, Object> facts = HostFacts.of(device);
        facts.put("frontEnd", tcp.frontEnd());
        final Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("role", role);
        asked.put("queuePairs", queuePairs);
        asked.put("txDepth", test.isLatency() ? 1 : depth);
        if (parameters.isTimed()) {
            asked.put("seconds", seconds);
        }
        if (host != null) {
            asked.put("warmUpSeconds", warmUp);
        }
        final Map<String, Object> root = new LinkedHashMap<>();
        root.put("command", test.label());
        root.put("host", facts);
        root.put("parameters", asked);
        root.put("results", rows.stream().map(Row::columns).toList());
        return JsonForm.of(root);
    }
}
