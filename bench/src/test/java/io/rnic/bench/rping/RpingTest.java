package io.rnic.bench.rping;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.RnicCommand;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    private static Ended run(final CountDownLatch listening, final String... args) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final PrintStream said = new PrintStream(out, true, StandardCharsets.UTF_8) {
            @Override
            public void println(final String line) {
                super.println(line);
                if (line.startsWith("listening")) {
                    listening.countDown();
                }
            }
        };
        final int exitCode = RnicCommand.run(args, said, new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Ended(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Ended run(final String... args) {
        return run(new CountDownLatch(1), args);
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
        final int port = Integer.parseInt(freePort());
        final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        final CountDownLatch listening = new CountDownLatch(1);
        final CompletableFuture<Ended> server = new CompletableFuture<>();
        final Thread serving = Thread.ofPlatform().start(() -> server.complete(
            run(listening, "rping", "-s", "-a", "127.0.0.1", "-p", String.valueOf(port), "-vdP")));
        assertThat(listening.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(() -> "" + server.getNow(null)).isTrue();
        try (Rnic nic = Rnic.open(RnicOptions.defaults().with("link", "tcp").with("device", "no-good")
            .with("pinning", "preferred"))) {
            try (PingSide gone = new PingSide(nic)) {
                gone.queuePair().connect(address, new byte[0], Duration.ofSeconds(PATIENCE_SECONDS));
            }
            try (PingSide liar = new PingSide(nic)) {
                liar.queuePair().connect(address, new byte[0], Duration.ofSeconds(PATIENCE_SECONDS));
                liar.send(); // a source of no bytes
                assertThat(liar.awaitMessage()).isFalse();
            }
            try (PingSide steering = new PingSide(nic);
                MemoryRegion text = steering.register(6, Access.REMOTE_READ)) {
                text.segment().copyFrom(MemorySegment.ofArray(new byte[] {0x1b, '[', '2', 'J', (byte) 0x9b, 0}));
                steering.queuePair().connect(address, new byte[0], Duration.ofSeconds(PATIENCE_SECONDS));
                steering.advertise(text);
                assertThat(steering.awaitMessage()).isTrue();
                steering.queuePair().disconnect();
            }
        }

        final Ended client =
            run("rping", "-c", "-a", "127.0.0.1", "-p", String.valueOf(port), "-C", "2", "-vV");

        serving.interrupt();
        assertThat(client.exitCode()).as(client.err()).isZero();
        final Ended served = server.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(served.err()).contains("interrupted");
        assertThat(served.out()).contains("source of 0 bytes").contains("server ping data: ?[2J?")
            .contains("before the client's sink came").contains("server ping data: rdma-ping-1: ");
    }

    @Test
    void shouldSayThatNobodyListens() throws IOException {
        final String port = freePort();
        final Ended client = run("rping", "-c", "-a", "127.0.0.1", "-p", port, "-C", "1");
        assertThat(client.exitCode()).isEqualTo(1);
        assertThat(client.err()).contains("client at /127.0.0.1:" + port).contains("refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rping", "rping -s -c", "rping -c -S 24", "rping -c -S 65537", "rping -c -p 0",
        "rping -c -C -1", "rping -s -a no.such.host.invalid", "rping -c -x"})
    void shouldSayWhatIsAllowed(final String line) {
        final Ended ended = run(line.split(" ", -1));
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err().lines()).hasSize(1);
    }

    @Test
    void aTextShouldBeginWithItsNumberAndEndWithZero() {
        assertThat(PingText.text(PingText.bytes(7, 40))).isEqualTo("rdma-ping-7: HIJKLMNOPQRSTUVWXYZ[\\]^_`a");
        assertThat(PingText.bytes(58, 18)).endsWith((byte) 'A', (byte) 'B', (byte) 'C', (byte) 0);
    }
}
