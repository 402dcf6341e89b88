package io.rnic.bench.rping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.bench.RnicCommand;
import io.rnic.verbs.Access;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RpingTest {
    private static final int PATIENCE_SECONDS = 20;

    /** What a command said, and how it ended. */
    private record Ended(int exitCode, String out, String err) {
    }

    private static Ended run(final Consumer<String> heard, final String... args) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final PrintStream said = new PrintStream(out, true, StandardCharsets.UTF_8) {
            @Override
            public void println(final String line) {
                super.println(line);
                heard.accept(line);
            }
        };
        final int exitCode = RnicCommand.run(args, said, new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Ended(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Ended run(final CountDownLatch listening, final String... args) {
        return run(line -> {
            if (line.startsWith("listening")) {
                listening.countDown();
            }
        }, args);
    }

    private static Ended run(final String... args) {
        return run(line -> { }, args);
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return String.valueOf(socket.getLocalPort());
        }
    }

    @ParameterizedTest
    @CsvSource({"user,kernel,64,--crc", "kernel,user,65536,--no-crc", "user,user,25,--no-crc"})
    void shouldPingBothWaysAndEndWell(
        final String serverEnd, final String clientEnd, final String size, final String crc) throws Exception {
        final String port = freePort();
        final CountDownLatch listening = new CountDownLatch(1);
        final CompletableFuture<Ended> server = CompletableFuture.supplyAsync(() -> run(listening,
            "rping", "-s", "-a", "127.0.0.1", "-p", port, "-vVd", "--front-end", serverEnd, crc));
        assertThat(listening.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(() -> "" + server.getNow(null)).isTrue();

        final Ended client = run("rping", "-c", "-a", "127.0.0.1", "-p", port, "-C", "3", "-S", size, "-vV",
            "--front-end", clientEnd, crc);

        assertThat(client.exitCode()).as(client.err()).isZero();
        assertThat(client.out().lines()).hasSize(3).allMatch(line -> line.startsWith("ping data: rdma-ping-"));
        final Ended served = server.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(served.exitCode()).as(served.err()).isZero();
        final List<String> said = new ArrayList<>(served.out().lines().toList());
        assertThat(said.removeFirst()).startsWith("listening on");
        assertThat(said.removeLast()).isEqualTo("server DISCONNECT EVENT...");
        assertThat(said).isEqualTo(client.out().lines().map(line -> "server " + line).toList());
    }

    /** One that gives up, one that lies, one that breaks off, and one whose text would steer a terminal. */
    @Test
    void aPersistentServerShouldServeOthersAfterThoseThatAreNoGood() throws Exception {
        final Persistent server = startPersistent();
        try (Rnic nic = openTcp("no-good")) {
            connect(nic, server.address()).close();
            server.awaitSaid("without a ping");
            try (PingSide liar = connect(nic, server.address())) {
                liar.send(); // a source of no bytes
                assertThat(liar.awaitMessage()).isFalse();
                server.awaitSaid("source of 0 bytes");
            }
            try (PingSide steering = connect(nic, server.address());
                MemoryRegion text = steering.register(6, Access.REMOTE_READ)) {
                text.segment().copyFrom(MemorySegment.ofArray(new byte[] {0x1b, '[', '2', 'J', (byte) 0x9b, 0}));
                steering.advertise(text);
                assertThat(steering.awaitMessage()).isTrue();
                server.awaitSaid("server ping data: ?[2J?");
                steering.queuePair().disconnect();
                server.awaitSaid("before the client's sink came");
            }
        }
        final Ended client = server.ping("2");
        assertThat(client.exitCode()).as(client.err()).isZero();
        server.awaitSaid("server ping data: rdma-ping-1: ");
        assertThat(server.end().err()).contains("interrupted");
    }

    /** The listener is not told of it, but it is counted. */
    @Test
    void aPersistentServerShouldTellOfAConnectionThatIsNoRdma() throws Exception {
        final Persistent server = startPersistent();
        try (Socket browser = new Socket(server.address().getAddress(), server.address().getPort())) {
            browser.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            server.awaitSaid("server: dropped without a request: 1; what came was no MPA set-up frame");
        }
        server.end();
    }

    /** A persistent server that is running, to be ended by an interrupt. */
    private record Persistent(Thread thread, InetSocketAddress address, CompletableFuture<Ended> ended,
        BlockingQueue<String> said) {
        /** Waits until it says so. */
        void awaitSaid(final String part) throws InterruptedException {
            String line = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            while (line != null && !line.contains(part)) {
                line = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            assertThat(line).as(() -> "" + ended.getNow(null)).contains(part);
        }

        Ended end() throws Exception {
            thread.interrupt();
            return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        Ended ping(final String pings) {
            return run("rping", "-c", "-a", "127.0.0.1", "-p", String.valueOf(address.getPort()), "-C", pings, "-V");
        }
    }

    private static Persistent startPersistent(final String... more) throws Exception {
        final String port = freePort();
        final BlockingQueue<String> said = new LinkedBlockingQueue<>();
        final CompletableFuture<Ended> ended = new CompletableFuture<>();
        final List<String> words = new ArrayList<>(List.of("rping", "-s", "-a", "127.0.0.1", "-p", port, "-vdP"));
        words.addAll(List.of(more));
        final Thread thread = Thread.ofPlatform()
            .start(() -> ended.complete(run(said::add, words.toArray(String[]::new))));
        final Persistent server = new Persistent(thread,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)), ended, said);
        server.awaitSaid("listening");
        return server;
    }

    private static PingSide connect(final Rnic nic, final InetSocketAddress server) throws InterruptedException {
        final PingSide side = new PingSide(nic);
        side.queuePair().connect(server, new byte[0], Duration.ofSeconds(PATIENCE_SECONDS));
        return side;
    }

    private static Rnic openTcp(final String device) {
        return Rnic.open(RnicOptions.defaults().with("link", "tcp").with("device", device)
            .with("pinning", "preferred"));
    }

    @Test
    void aPersistentServerShouldServeOthersWhileOneSaysNothing() throws Exception {
        final Persistent server = startPersistent("--idle", "3600");
        try (Rnic nic = openTcp("silent"); PingSide silent = connect(nic, server.address())) {
            final Ended client = server.ping("2");
            assertThat(client.exitCode()).as(client.err()).isZero();
            assertThat(silent.wasDisconnected()).isFalse();
            server.awaitSaid("server ping data: rdma-ping-1: ");
            server.end();
        }
    }

    @Test
    void aPersistentServerShouldDropWhoSaysNothing() throws Exception {
        final Persistent server = startPersistent("--idle", "1");
        try (Rnic nic = openTcp("dropped"); PingSide silent = connect(nic, server.address())) {
            assertThat(silent.awaitMessage()).isFalse();
            assertThat(silent.wasDisconnected()).isTrue();
        }
        server.awaitSaid("server: the peer said nothing for 1 s");
        server.end();
    }

    private static PingServer persistent(final ByteArrayOutputStream out) {
        final PrintStream said = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new PingServer(
            new RpingOptions(0, 64, false, false, true, Duration.ofSeconds(1), Duration.ofDays(1), false, said, said));
    }

    @Test
    void aClientThatGivesUpOrFindsNoRoomShouldBeNoMatterOfTheOthers() throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final Duration patience = Duration.ofSeconds(PATIENCE_SECONDS);
        try (Rnic nic = Rnic.open(RnicOptions.defaults().with("link", "loopback").with("device", "small")
                .with("pinning", "preferred").with("maxCompletionQueues", "2"));
            Listener listener = nic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            PingSide client = new PingSide(nic)) {
            final ConnectionRequest request;
            try (ConnectionAttempt _ = client.queuePair().beginConnect(listener.address(), new byte[0])) {
                request = Objects.requireNonNull(listener.await(patience));
            }
            assertThat(persistent(out).serve(nic, request)).isFalse();
            try (PingSide last = new PingSide(nic);
                ConnectionAttempt attempt = client.queuePair().beginConnect(listener.address(), new byte[0])) {
                persistent(out).serveOrTell(nic, Objects.requireNonNull(listener.await(patience)));
                assertThatThrownBy(() -> attempt.await(patience)).isInstanceOf(RejectedException.class);
                assertThat(last.wasDisconnected()).isFalse();
            }
        }
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(1).first().asString()
            .startsWith("server: ").contains("completion queues");
    }

    @Test
    void aServerWhoseClientDoesNotPingShouldFail() throws Exception {
        final Ended[] ended = both(new String[] {"-d"}, client -> client.queuePair().disconnect());
        assertThat(ended[0].exitCode()).isEqualTo(1);
        assertThat(ended[0].err()).contains("disconnected without a ping");
    }

    @Test
    void aServerShouldSayThatItsClientWouldGoOn() throws Exception {
        final Ended[] ended = both(new String[] {"-C", "2", "-d"}, null);
        assertThat(ended[0].exitCode()).isEqualTo(1);
        assertThat(ended[0].err()).contains("would go on after 2 pings").contains("-C");
        assertThat(ended[1].exitCode()).isEqualTo(1);
        assertThat(ended[1].err()).contains("the connection ended before the server's go-ahead came");
    }

    /** Whether a client that ends between two pings has done all that it was to do is not on the wire. */
    @Test
    void aServerShouldSayThatItsClientDidFewerPings() throws Exception {
        final Ended[] ended = both(new String[] {"-C", "6", "-d"}, null);
        assertThat(ended[1].exitCode()).as(ended[1].err()).isZero();
        assertThat(ended[0].exitCode()).isEqualTo(1);
        assertThat(ended[0].err()).contains("disconnected after 5 pings").contains("-C of this side is 6");
        assertThat(both(new String[] {"-C", "5", "-d"}, null)[0].exitCode()).isZero();
    }

    /** A server with those options, and a client that does that, or pings five times. */
    private static Ended[] both(final String[] options, final @Nullable Consumer<PingSide> doing) throws Exception {
        final String port = freePort();
        final CountDownLatch listening = new CountDownLatch(1);
        final List<String> words = new ArrayList<>(List.of("rping", "-s", "-a", "127.0.0.1", "-p", port));
        words.addAll(List.of(options));
        final CompletableFuture<Ended> server =
            CompletableFuture.supplyAsync(() -> run(listening, words.toArray(String[]::new)));
        assertThat(listening.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(() -> "" + server.getNow(null)).isTrue();
        Ended client = new Ended(0, "", "");
        if (doing == null) {
            client = run("rping", "-c", "-p", port, "-C", "5", "-V");
        } else {
            try (Rnic nic = openTcp("doing");
                PingSide side = connect(nic,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)))) {
                doing.accept(side);
            }
        }
        return new Ended[] {server.get(PATIENCE_SECONDS, TimeUnit.SECONDS), client};
    }

    @Test
    void shouldSayThatNobodyListens() throws IOException {
        final String port = freePort();
        final Ended client = run("rping", "-c", "-a", "127.0.0.1", "-p", port, "-C", "1");
        assertThat(client.exitCode()).isEqualTo(1);
        assertThat(client.err()).isEqualTo("rnic rping: client: no connection to 127.0.0.1:" + port
            + ": connection refused, nobody listens there; start the listening side first, and check address and port"
            + System.lineSeparator());
    }

    @Test
    void shouldSayThatThePortIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final Ended server =
                run("rping", "-s", "-a", "127.0.0.1", "-p", String.valueOf(taken.getLocalPort()));
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.err()).isEqualTo("rnic rping: server: port " + taken.getLocalPort()
                + " is in use at 127.0.0.1; use another one by -p, on both sides" + System.lineSeparator());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rping", "rping -s -c", "rping -c -S 24", "rping -c -S 65537", "rping -c -p 0",
        "rping -c -C -1", "rping -s -P --idle 0", "rping -s -a no.such.host.invalid", "rping -c -x", "rping -c -P",
        "rping -c --idle 0", "rping -c -a ", "rping -s -a "})
    void shouldSayWhatIsAllowed(final String line) {
        final Ended ended = run(line.split(" ", -1));
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err().lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"-p x,1 to 65535", "-S abc,25 to 65536", "-C 99999999999,0 to 2147483647", "--idle x,1 to 86400",
        "-p 1 -p 2,--port once", "--no-crc --crc,'--crc or --no-crc, once'"})
    void shouldSayWhichValuesAreAllowed(final String options, final String allowed) {
        final Ended ended = run(("rping -c " + options).split(" ", -1));
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err().strip()).endsWith(allowed);
    }

    @Test
    void aTextShouldBeginWithItsNumberAndEndWithZero() {
        assertThat(PingText.text(PingText.bytes(7, 40))).isEqualTo("rdma-ping-7: HIJKLMNOPQRSTUVWXYZ[\\]^_`a");
        assertThat(PingText.bytes(58, 18)).endsWith((byte) 'A', (byte) 'B', (byte) 'C', (byte) 0);
    }
}
