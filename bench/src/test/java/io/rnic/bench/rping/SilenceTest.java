package io.rnic.bench.rping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.bench.RnicCommand;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The other side connects and says nothing. */
@Timeout(60)
class SilenceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private Rnic nic;

    @BeforeEach
    void open() {
        nic = Rnic.open(RnicOptions.defaults().with("link", "tcp").with("device", "silence")
            .with("pinning", "preferred"));
    }

    @AfterEach
    void close() {
        nic.close();
    }

    private static PrintStream hearing(final BlockingQueue<String> lines) {
        return new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8) {
            @Override
            public void println(final String line) {
                lines.add(line);
            }
        };
    }

    /** Tells what it waits for at once, and waits on, as long as it takes to look several times. */
    private RpingOptions patient() {
        return new RpingOptions(0, 64, false, false, false, Duration.ofSeconds(3), Duration.ZERO, false,
            hearing(new LinkedBlockingQueue<>()), hearing(told));
    }

    private static ConnectionRequest request(final Listener listener) throws InterruptedException {
        return Objects.requireNonNull(listener.await(PATIENCE));
    }

    private Listener listen() {
        return nic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Test
    void aServerShouldTellOnceThatItsClientSaysNothing() throws Exception {
        try (Listener listener = listen(); PingSide silent = new PingSide(nic);
            ConnectionAttempt _ = silent.queuePair().beginConnect(listener.address(), new byte[0])) {
            final ConnectionRequest request = request(listener);
            assertThatThrownBy(() -> new PingServer(patient()).serve(nic, request)).hasMessageContaining("for 3 s");
        }
        assertToldOnce("client");
    }

    @Test
    void aClientShouldTellOnceThatItsServerSaysNothing() throws Exception {
        try (Listener listener = listen(); PingSide silent = new PingSide(nic)) {
            final CompletableFuture<Void> pinging =
                CompletableFuture.runAsync(() -> new PingClient(patient()).run(nic, listener.address()));
            request(listener).accept(silent.queuePair(), new byte[0]);
            assertThat(pinging).failsWithin(PATIENCE).withThrowableThat().withMessageContaining("for 3 s");
        }
        assertToldOnce("server");
    }

    private void assertToldOnce(final String peer) {
        assertThat(told).containsExactly("rnic rping: waiting for the " + peer
            + ", which has said nothing for 0 s (--idle SECONDS: then to give it up)");
    }

    private static void connect(final PingSide side, final InetSocketAddress server) {
        try {
            side.queuePair().connect(server, new byte[0], PATIENCE);
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aClientShouldGiveUpAServerThatSaysNothing() throws Exception {
        try (Listener listener = listen(); PingSide silent = new PingSide(nic)) {
            final CompletableFuture<Integer> pinging = CompletableFuture.supplyAsync(() -> RnicCommand.run(
                ("rping -c --idle 1 -p " + listener.address().getPort()).split(" "), hearing(told), hearing(told)));
            request(listener).accept(silent.queuePair(), new byte[0]);
            assertThat(pinging.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(told).containsExactly("rnic rping: the peer said nothing for 1 s");
    }

    @Test
    void aServerShouldGiveUpAClientThatSaysNothing() throws Exception {
        final int port = freePort();
        final CountDownLatch listening = new CountDownLatch(1);
        final PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8) {
            @Override
            public void println(final String line) {
                listening.countDown();
            }
        };
        final CompletableFuture<Integer> serving = CompletableFuture.supplyAsync(() -> RnicCommand
            .run(("rping -s -d -a 127.0.0.1 --idle 1 -p " + port).split(" "), out, hearing(told)));
        assertThat(listening.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        try (PingSide silent = new PingSide(nic)) {
            connect(silent, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            assertThat(serving.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(told).containsExactly("rnic rping: the peer said nothing for 1 s");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (final IOException e) {
            throw new AssertionError("no free port", e);
        }
    }
}
