package io.rnic.bench.regcache;

import io.rnic.bench.regcache.sim.Sharing;
import io.rnic.bench.regcache.sim.Unit;
import io.rnic.bench.regcache.sim.Weights;
import io.rnic.bench.regcache.trace.RequestSource;
import io.rnic.bench.regcache.trace.TraceFile;
import io.rnic.bench.regcache.trace.TraceFormat;
import io.rnic.bench.regcache.trace.Workload;
import io.rnic.bench.report.Progress;
import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import io.rnic.registration.policy.Policies;
import io.rnic.verbs.Rnic;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of {@code rnic regcache}. */
@Command(name = "regcache", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Explores policies of registration caching: what a trace costs under each policy and limit, with"
        + " bounds; simulated, or executed on real memory.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:the trace is wrong, all limits are too small, memory cannot be locked,"
        + " or a policy broke (the others' results were written)", "2:wrong usage",
        "130:Ctrl-C; the results so far were written"})
public final class RegcacheCommand implements Callable<Integer> {
    private static final int STOPPED = 130;
    private static final int PATIENCE_SECONDS = 60;
    private static final int MAX_BATCH = 4096;
    private static final long DEFAULT_REQUESTS = 200_000;

    private final PrintStream out;
    private final PrintStream err;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--trace", paramLabel = "FILE", description = "A trace, plain or compressed by gzip or zstd.")
    private @Nullable Path trace;

    @Option(names = "--format", paramLabel = "NAME", description = "Of the trace's lines: arc, cloudphysics, spc, msr,"
        + " csv (offset,length,[op],[time],[process]). Default: told by the first lines.")
    private @Nullable String format;

    @Option(names = "--workload", paramLabel = "NAME", description = "In place of a trace: sequential, uniform, zipf,"
        + " loop, mixed, oltp.")
    private @Nullable String workload;

    @Option(names = "--requests", paramLabel = "COUNT", description = "Requests of a workload. Default: 200000.")
    private long requests = DEFAULT_REQUESTS;

    @Option(names = "--memory", paramLabel = "BYTES", description = "Memory of a workload. Default: 1G.")
    private String memory = "1G";

    @Option(names = "--request-bytes", paramLabel = "BYTES", description = "Length of a workload's requests, at most."
        + " Default: 64K.")
    private String requestBytes = "64K";

    @Option(names = "--processes", paramLabel = "COUNT", description = "Processes of a workload, each with memory of"
        + " its own. Default: 1.")
    private int processes = 1;

    @Option(names = "--seed", paramLabel = "NUMBER", description = "Of a workload. Default: 1.")
    private long seed = 1;

    @Option(names = "--policy", paramLabel = "NAME", split = ",", description = "Policies, or classes of yours; all is"
        + " all that are known. Default: all.")
    private List<String> policies = List.of("all");

    @Option(names = "--class-path", paramLabel = "PATH", description = "Where classes of yours are: folders and jars.")
    private @Nullable String classPath;

    @Option(names = "--limit", paramLabel = "LIMIT", split = ",", description = "What may be registered: bytes (K, M,"
        + " G) with --unit region, otherwise pages or blocks. Default: 1M to 1G in powers of two.")
    private List<String> limits = List.of();

    @Option(names = "--unit", paramLabel = "NAME", description = "What is cached: region, page or block (512 bytes)."
        + " Default: region.")
    private String unitName = "region";

    @Option(names = "--sharing", paramLabel = "NAME", split = ",", description = "How processes share the limit: one"
        + " (a cache serves all), or each has a cache and first-come (user level: nobody arbitrates), static,"
        + " proportional, reclaim (the kernel). Default: one.")
    private List<String> sharings = List.of("one");

    @Option(names = "--weights", paramLabel = "COUNT", split = ",", description = "Of the first processes, for their"
        + " parts of the limit; others have 1. Default: 1 each.")
    private List<Integer> weights = List.of();

    @Option(names = "--merge", description = "Merges overlapping and adjacent regions.")
    private boolean merge;

    @Option(names = "--batch", paramLabel = "COUNT", description = "How many regions are given up together when there"
        + " is no room. The model lets them share the cost of one call, which this NIC's verbs do not have: a what-if,"
        + " not for --execute. Default: 1.")
    private int batch = 1;

    @Option(names = "--cost", paramLabel = "MODEL", description = "What registrations cost: ucx, mlock, 1998, measured,"
        + " or A,B,C,D[,HIT[,FAULT]] in ns (register A + B a page, deregister C + D a page)."
        + " Default: mlock; with --execute measured.")
    private @Nullable String cost;

    @Option(names = "--execute", description = "Registers and locks memory, and compares with the simulation.")
    private boolean execute;

    @Option(names = "--front-end", paramLabel = "NAME", description = "Through which memory is registered: user or"
        + " kernel. Default: user.")
    private String frontEnd = "user";

    @Option(names = "--no-bounds", description = "Looks for no bounds: they need the trace in memory.")
    private boolean noBounds;

    @Option(names = "--shard", paramLabel = "I/N", description = "Does part I of N of the sweep, from 1; rnic regcache"
        + " merge joins the parts' JSON.")
    private @Nullable String shard;

    @Mixin
    private final RegcacheFiles files = new RegcacheFiles();

    private final CountDownLatch written = new CountDownLatch(1);
    private volatile boolean stopped;

    /**
     * Creates the command.
     *
     * @param out where the results go
     * @param err where the progress goes
     */
    public RegcacheCommand(final PrintStream out, final PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** The command that joins parts, to be added to this one. */
    public static Object merge(final PrintStream out, final PrintStream err) {
        return new MergeCommand(out, err);
    }

    @Override
    public Integer call() throws IOException {
        final Plan plan = plan();
        files.check(spec, trace == null ? List.of() : List.of(trace));
        // Ctrl-C: the sweep stops after the batch at hand, and what is done is written before the JVM ends.
        boolean broken = false;
        final Thread hook = new Thread(this::stopAndWait, "rnic-regcache-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            final RegcacheReport report;
            try (Progress progress = Progress.start(err, "regcache", Regcache.steps(plan))) {
                final Regcache sweep = new Regcache(plan, progress, () -> stopped);
                report = sweep.run();
                broken = sweep.hasBroken();
            }
            files.write(report, out, err);
        } finally {
            written.countDown();
            if (!stopped) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
        return stopped ? STOPPED : broken ? 1 : 0;
    }

    private void stopAndWait() {
        stopped = true;
        try {
            written.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            // The JVM ends now.
        }
    }

    private Plan plan() throws IOException {
        final Unit unit = unit();
        if (execute && unit != Unit.REGION) {
            throw usage("--execute registers regions; allowed with --unit region only");
        }
        if (batch < 1 || batch > MAX_BATCH) {
            throw usage("--batch '" + batch + "' is not allowed; allowed: 1 to " + MAX_BATCH);
        }
        if (execute && batch != 1) {
            throw usage("--batch " + batch + " with --execute is not allowed: the verbs deregister one region a call");
        }
        if (!Rnic.frontEnds().contains(frontEnd)) {
            throw usage("--front-end '" + frontEnd + "' is unknown; allowed: " + String.join(", ", Rnic.frontEnds()));
        }
        final String model = cost != null ? cost : execute ? Costs.MEASURED : "mlock";
        if (!model.equals(Costs.MEASURED)) {
            checked("--cost", () -> Costs.parse(model));
        }
        final Shard part = shard == null ? Shard.ALL : checked("--shard", () -> Shard.parse(String.valueOf(shard)));
        refuseIgnored(model);
        final RequestSource requested = source();
        return new Plan(requested, policies(), sharings(unit), weights(requested), limits(unit), unit, merge,
            batch, model, frontEnd, execute, !noBounds, part);
    }

    /** What is given and would change nothing is a misunderstanding. */
    private void refuseIgnored(final String model) {
        if (trace != null) {
            refuse(List.of("--requests", "--memory", "--request-bytes", "--processes", "--seed"),
                "is of a workload, and a trace has its own; allowed with --workload");
        } else {
            refuse(List.of("--format"), "is of a trace's lines; allowed with --trace");
        }
        if (!execute && !model.equals(Costs.MEASURED)) {
            refuse(List.of("--front-end"), "is for memory that is registered; allowed with --execute or --cost "
                + Costs.MEASURED);
        }
        if (sharings.stream().allMatch(List.of(Sharing.ONE.label(), Sharing.FIRST_COME.label())::contains)) {
            refuse(List.of("--weights"), "is for parts of a limit; allowed with --sharing static, proportional or"
                + " reclaim");
        }
    }

    private void refuse(final List<String> options, final String why) {
        for (final String option : options) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw usage(option + " " + why);
            }
        }
    }

    private List<Sharing> sharings(final Unit unit) {
        final List<Sharing> found = new ArrayList<>();
        for (final String name : sharings) {
            found.add(Arrays.stream(Sharing.values()).filter(each -> each.label().equals(name)).findFirst()
                .orElseThrow(() -> usage("--sharing '" + name + "' is unknown; allowed: " + Sharing.labels())));
        }
        if (found.stream().distinct().count() < found.size()) {
            throw usage("--sharing names one twice; each is allowed once");
        }
        if (!found.equals(List.of(Sharing.ONE)) && (execute || unit != Unit.REGION)) {
            throw usage("--sharing is simulated, of regions; allowed with --unit region and without --execute");
        }
        return found;
    }

    /** Only where parts are made for all processes does it matter how many there are. */
    private Weights weights(final RequestSource requested) throws IOException {
        final int count = sharings.contains(Sharing.STATIC.label()) ? requested.processes() : 1;
        return checked("--weights", () -> new Weights(count, weights));
    }

    private Unit unit() {
        for (final Unit unit : Unit.values()) {
            if (unit.label().equals(unitName)) {
                return unit;
            }
        }
        throw usage("--unit '" + unitName + "' is unknown; allowed: region, page, block");
    }

    private RequestSource source() throws IOException {
        if ((trace == null) == (workload == null)) {
            throw usage(trace == null ? "a trace or a workload is needed; allowed: --trace FILE, or --workload "
                + Workload.Kind.labels() : "--trace and --workload are both given; one of them is allowed");
        }
        if (trace != null) {
            return TraceFile.of(trace, format == null ? null : format(format));
        }
        for (final Workload.Kind kind : Workload.Kind.values()) {
            if (kind.label().equals(workload)) {
                return workload(kind);
            }
        }
        throw usage("--workload '" + workload + "' is unknown; allowed: " + Workload.Kind.labels());
    }

    private Workload workload(final Workload.Kind kind) {
        final long memoryBytes = checked("--memory", () -> Limits.bytes(memory));
        if (memoryBytes < 1) {
            throw usage("--memory '" + memory + "' is not allowed; allowed: 1 or more");
        }
        final long given = checked("--request-bytes", () -> Limits.bytes(requestBytes));
        final boolean standard = !spec.commandLine().getParseResult().hasMatchedOption("--request-bytes");
        final long length = standard ? Math.min(given, memoryBytes) : given;
        if (length < 1 || length > 1 << 30 || length > memoryBytes) {
            throw usage("--request-bytes '" + requestBytes + "' is not allowed; allowed: 1 to 1G, and no more than"
                + " --memory");
        }
        if (requests < 1 || processes < 1 || processes > 1024) {
            throw usage("--requests " + requests + ", --processes " + processes + " is not allowed; allowed: 1 or more"
                + " requests, 1 to 1024 processes");
        }
        return new Workload(kind, requests, memoryBytes, (int) length, processes, seed);
    }

    private TraceFormat format(final String name) {
        for (final TraceFormat known : TraceFormat.values()) {
            if (known.label().equals(name)) {
                return known;
            }
        }
        throw usage("--format '" + name + "' is unknown; allowed: " + TraceFormat.labels());
    }

    private Map<String, Function<PolicyContext, Policy>> policies() throws IOException {
        final ClassLoader loader = loader();
        final Map<String, Function<PolicyContext, Policy>> found = new LinkedHashMap<>();
        for (final String name : policies) {
            for (final String each : name.equals("all") ? Policies.names() : List.of(name)) {
                if (found.put(each, checked("--policy", () -> Policies.find(each, loader))) != null) {
                    throw usage("--policy names '" + each + "' twice; each is allowed once");
                }
            }
        }
        return found;
    }

    private ClassLoader loader() throws IOException {
        if (classPath == null) {
            return ClassLoader.getSystemClassLoader();
        }
        final List<URL> urls = new ArrayList<>();
        for (final String entry : classPath.split(File.pathSeparator, -1)) {
            if (!new File(entry).exists()) {
                throw usage("--class-path '" + entry + "' does not exist; folders and jars are allowed");
            }
            urls.add(new File(entry).toURI().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), RegcacheCommand.class.getClassLoader());
    }

    private List<Long> limits(final Unit unit) {
        if (limits.isEmpty()) {
            return Limits.standard(unit);
        }
        final List<Long> parsed =
            limits.stream().map(limit -> checked("--limit", () -> Limits.parse(limit, unit))).toList();
        if (parsed.stream().distinct().count() < parsed.size()) {
            throw usage("--limit names one limit twice; each is allowed once");
        }
        return parsed;
    }

    private <T> T checked(final String option, final Supplier<T> parse) {
        try {
            return parse.get();
        } catch (final IllegalArgumentException e) {
            throw usage(option + " " + e.getMessage());
        }
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
