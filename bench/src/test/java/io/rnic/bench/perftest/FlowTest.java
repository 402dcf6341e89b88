package io.rnic.bench.perftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.rnic.bench.perftest.Commands.Ended;
import io.rnic.bench.perftest.Commands.Serving;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream of Sends, and what is made of what was measured. */
@Timeout(120)
class FlowTest {
    private static final Parameters STREAM = new Parameters(PerfTest.SEND_BW, 8, 20, 0, 1);

    private static void receive(final Side server, final int messages) {
        final Idle idle = server.idle();
        for (int i = 0; i < messages; i++) {
            server.postReceive(0);
        }
        server.grant(0);
        server.awaitSends(idle);
        while (server.receives().done() < server.receives().posted()) {
            if (server.pollReceives() == 0) {
                idle.pause("a message");
            }
        }
    }

    /** The connection would break if one more was sent than receives were posted. */
    @Test
    void shouldSendNoMoreThanThereAreReceives() throws Exception {
        try (Rnic nic = Rnic.open(RnicOptions.defaults().with("link", "tcp").with("device", "flow")
                .with("pinning", "preferred"));
            Listener listener = nic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Side server = new Side(nic, STREAM, 4)) {
            final Serving here = new Serving(listener.address().getPort(), new CompletableFuture<>());
            final CompletableFuture<Ended> asked =
                CompletableFuture.supplyAsync(() -> Commands.connect(here, "send-bw -s 8 -n 20"));
            for (int connection = 0; connection < 2; connection++) {
                final var request = Objects.requireNonNull(listener.await(Duration.ofSeconds(20)));
                if (connection != 0) {
                    server.meet(((Greeting.Heard.Ours) Greeting.hear(request.privateData())).greeting());
                }
                request.accept(server.queuePair(connection), server.greeting(connection, 1).bytes());
            }
            assertThat(server.control().expect(Control.What.BEGIN)).isEqualTo(8);
            server.control().tell(Control.What.READY, 0);
            receive(server, 5);
            receive(server, 1);
            receive(server, 14);
            assertThat(server.control().expect(Control.What.END)).isEqualTo(20);
            server.control().tell(Control.What.DONE, 20);
            server.control().expect(Control.What.BYE);
            server.control().tell(Control.What.BYE, 0);
            final Ended ended = asked.get(Commands.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(ended.exitCode()).as(ended.err()).isZero();
        }
    }

    /** Not from the first message to the last one, which can come at once: that made figures that cannot be. */
    @Test
    void aServerShouldTakeItsTimeFromWhenItIsReady() throws Exception {
        try (Rnic nic = Rnic.open(RnicOptions.defaults().with("link", "tcp").with("device", "times")
                .with("pinning", "preferred"));
            Listener listener = nic.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Side server = new Side(nic, STREAM, 4);
            Side client = new Side(nic, STREAM, 4)) {
            connect(listener, server, client);
            final SendFlow serving = new SendFlow(server);
            serving.prepare();
            final long readyNs = System.nanoTime();
            final CompletableFuture<Row> served =
                CompletableFuture.supplyAsync(() -> Objects.requireNonNull(serving.serve(8)));
            final Idle idle = client.idle();
            while (client.credit(0) == 0) {
                idle.pauseAlone("a credit");
            }
            final SendFlow flow = new SendFlow(client);
            final long sendingNs = System.nanoTime();
            flow.post(0, 8, true);
            flow.conclude(idle, 1);
            final Row.Bandwidth row = (Row.Bandwidth) served.get(Commands.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(row.iterations()).isEqualTo(1);
            assertThat(row.elapsedNs()).isGreaterThan(1).isGreaterThanOrEqualTo(sendingNs - readyNs);
            assertThat(row.messageRate()).isEqualTo(1e9 / row.elapsedNs());
        }
    }

    private static void connect(final Listener listener, final Side server, final Side client) throws Exception {
        final Duration patience = Duration.ofSeconds(Commands.PATIENCE_SECONDS);
        for (int connection = 0; connection < 2; connection++) {
            final byte[] answer;
            try (ConnectionAttempt attempt = client.queuePair(connection)
                .beginConnect(listener.address(), client.greeting(connection, 1).bytes())) {
                final ConnectionRequest request = Objects.requireNonNull(listener.await(patience));
                if (connection != 0) {
                    server.meet(((Greeting.Heard.Ours) Greeting.hear(request.privateData())).greeting());
                }
                request.accept(server.queuePair(connection), server.greeting(connection, 1).bytes());
                answer = attempt.await(patience);
            }
            if (connection != 0) {
                client.meet(((Greeting.Heard.Ours) Greeting.hear(answer)).greeting());
            }
        }
    }

    @Test
    void aLatencyShouldBeAPartOfEachTime() {
        final Times times = new Times(2);
        for (int i = 1; i <= 1000; i++) {
            times.record(i * 2000L);
        }
        final Row.Latency row = (Row.Latency) times.row(2, 1_000_000_000);
        assertThat(row.iterations()).isEqualTo(1000);
        assertThat(row.perSecond()).isEqualTo(1000);
        assertThat(new double[] {row.minNs(), row.typicalNs(), row.p99Ns(), row.p999Ns(), row.maxNs(), row.averageNs(),
            row.stdevNs()}).containsExactly(new double[] {1000, 500_000, 990_000, 999_000, 1_000_000, 500_500, 288_675},
            offset(100.0));
    }

    @Test
    void aPeakShouldBeTheBestStretch() {
        final Peak peak = Peak.of(4);
        for (int i = 0; i < 4; i++) {
            peak.posting(i);
        }
        final long nowNs = System.nanoTime();
        peak.done(1, nowNs + 9_000_000_000L);
        peak.done(2, nowNs + 9_000_000_000L);
        peak.done(4, nowNs + 10_000_000_000L);
        // Four in some 10 s: better than two in 9 s, or than two of which each was posted at the beginning.
        assertThat(peak.perSecond()).isBetween(0.3, 0.4);
        assertThat(Peak.none().perSecond()).isZero();
    }
}
