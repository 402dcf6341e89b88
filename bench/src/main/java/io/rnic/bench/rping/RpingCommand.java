package io.rnic.bench.rping;

import io.rnic.bench.tcp.Range;
import io.rnic.bench.tcp.TcpOptions;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line of {@code rnic rping}: the letters of rping(1). */
@Command(name = "rping", sortOptions = false,
    description = "Pings by RDMA over TCP (iWARP), as Linux's rping does; either end may be Linux's.",
    footer = {"", "A server on this machine, and a client:", "  rnic rping -s -v -V",
        "  rnic rping -c -a 127.0.0.1 -v -V -C 10"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all went well", "1:something failed", "2:wrong usage", "130:Ctrl-C"})
public final class RpingCommand implements Callable<Integer> {
    private static final int PORT = 7174;
    private static final int MAX_IDLE_SECONDS = 86_400;
    private static final int IDLE_OF_MANY_SECONDS = 30;
    private static final int NOTICE_SECONDS = 10;

    private final PrintStream out;
    private final PrintStream err;

    @ArgGroup(exclusive = true, multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Role role;

    /** One of the two. */
    static final class Role {
        @Option(names = {"-s", "--server"}, required = true, description = "Be the server.")
        private boolean server;

        @Option(names = {"-c", "--client"}, required = true, description = "Be the client.")
        private boolean client;
    }

    @Option(names = {"-a", "--address"}, paramLabel = "ADDR",
        description = "Where the server listens. Default: every address; for a client 127.0.0.1.")
    private @Nullable String address;

    @Option(names = {"-p", "--port"}, paramLabel = "PORT", description = "Its port. Default: ${DEFAULT-VALUE}.")
    @Range(min = 1, max = TcpOptions.MAX_PORT)
    private int port = PORT;

    @Option(names = {"-C", "--count"}, paramLabel = "COUNT",
        description = "Pings; of a server: how many its client has to do. Default: 0, a client goes on until Ctrl-C,"
            + " a server until its client disconnects, and whether that was to do more it cannot tell.")
    @Range(min = 0, max = Integer.MAX_VALUE)
    private int count;

    @Option(names = {"-S", "--size"}, paramLabel = "SIZE",
        description = "Bytes of a ping, " + PingText.MIN_BYTES + " to " + PingText.MAX_BYTES
            + ". Default: ${DEFAULT-VALUE}.")
    @Range(min = PingText.MIN_BYTES, max = PingText.MAX_BYTES)
    private int size = 64;

    @Option(names = {"-v", "--verbose"}, description = "Say each ping's text.")
    private boolean verbose;

    @Option(names = {"-V", "--validate"}, description = "Compare each ping's bytes.")
    private boolean validate;

    @Option(names = {"-P", "--persistent"}, description = "As server, serve clients, many at once, until Ctrl-C.")
    private boolean persistent;

    @Option(names = "--idle", paramLabel = "SECONDS",
        description = "Give up the other side when it says nothing for so long. Default: with -P 30; else never, only"
            + " it is told after " + NOTICE_SECONDS + " s what is waited for.")
    @Range(min = 1, max = MAX_IDLE_SECONDS)
    private int idleSeconds;

    @Option(names = {"-d", "--debug"}, description = "Say events.")
    private boolean debug;

    @Mixin
    private TcpOptions tcp = new TcpOptions();

    @SuppressWarnings("UnusedVariable") // picocli acts by it, as by the next
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @SuppressWarnings("UnusedVariable")
    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    private boolean version;

    /**
     * Creates the command.
     *
     * @param out where pings are said
     * @param err where it is told what is waited for
     */
    public RpingCommand(final PrintStream out, final PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        tcp.checkRanges();
        if (role.client && persistent) {
            throw tcp.usage("--persistent is for a server; allowed: it with --server");
        }
        final String name = address != null ? address : role.server ? "0.0.0.0" : "127.0.0.1";
        final InetSocketAddress where = new InetSocketAddress(tcp.address("--address", name), port);
        try (Rnic nic = Rnic.open(tcp.settings("rping"))) {
            if (role.client) {
                new PingClient(options()).run(nic, where);
            } else {
                new PingServer(options()).run(nic, where);
            }
        } catch (final RnicException e) {
            throw TcpOptions.failed(role.server ? "server" : "client", where, e);
        }
        return 0;
    }

    /** A server of many has its own end of patience, and who it drops is told anyway. */
    private RpingOptions options() {
        final Duration forever = ChronoUnit.FOREVER.getDuration();
        final int given = idleSeconds != 0 ? idleSeconds : persistent ? IDLE_OF_MANY_SECONDS : 0;
        final Duration idle = given == 0 ? forever : Duration.ofSeconds(given);
        final Duration soon = Duration.ofSeconds(NOTICE_SECONDS);
        final Duration notice = persistent || idle.compareTo(soon) <= 0 ? forever : soon;
        return new RpingOptions(count, size, verbose, validate, persistent, idle, notice, debug, out, err);
    }
}
