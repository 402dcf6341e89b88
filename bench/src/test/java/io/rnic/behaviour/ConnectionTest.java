package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.Await;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class ConnectionTest {
    private static final byte[] NOTHING = new byte[0];

    private Side client;
    private Side server;
    private Listener listener;

    @BeforeEach
    void open(final RnicOptions options) {
        client = Side.of(Rnic.open(options));
        server = Side.of(Rnic.open(options));
        listener = server.rnic().listen(ConnectedPair.anyPort());
    }

    @AfterEach
    void close() {
        listener.close();
        client.close();
        server.close();
        client.rnic().close();
        server.rnic().close();
    }

    private ConnectionRequest nextRequest() throws InterruptedException {
        return Objects.requireNonNull(listener.await(Completions.PATIENCE));
    }

    @EveryDoor
    void shouldTellTheListeningSideThatTheAskingSideGaveUp() throws InterruptedException {
        final ConnectionAttempt attempt = client.queuePair().beginConnect(listener.address(), NOTHING);
        final ConnectionRequest request = nextRequest();
        attempt.close();
        attempt.close();
        Await.until("the listening side knows", () -> errorOfTooMuch(request) == RnicError.TIMED_OUT);
        expectRefused(RnicError.TIMED_OUT, () -> request.accept(server.queuePair(), NOTHING));
        assertThat(server.queuePair().state()).isEqualTo(QueuePairState.INIT);
    }

    @EveryDoor
    void aRequestShouldSayWhatItIs() throws InterruptedException {
        try (ConnectionAttempt attempt = client.queuePair().beginConnect(listener.address(), new byte[3])) {
            final ConnectionRequest request = nextRequest();
            assertThat(request).hasToString("connection request on port " + listener.address().getPort()
                + " with 3 bytes of private data, ord=16, ird=16");
            request.reject(NOTHING);
            expectRefused(RnicError.CONNECTION_REJECTED, () -> attempt.await(Completions.PATIENCE));
        }
    }

    @EveryDoor
    void shouldRefusePrivateDataHoweverLongAndSayHowARequestWasAnswered() throws InterruptedException {
        final QueuePair asking = client.queuePair();
        for (final int length : new int[] {509, 1 << 20}) {
            expectRefused(RnicError.INVALID_ARGUMENT,
                () -> asking.beginConnect(listener.address(), new byte[length]))
                .hasMessage("private data of " + length + " bytes; allowed: up to 508");
        }
        try (ConnectionAttempt attempt = asking.beginConnect(listener.address(), NOTHING)) {
            final ConnectionRequest request = nextRequest();
            expectRefused(RnicError.INVALID_ARGUMENT, () -> request.reject(new byte[1 << 20]))
                .hasMessageContaining("allowed: up to 508");
            request.reject(NOTHING);
            expectRefused(RnicError.INVALID_STATE, () -> request.accept(server.queuePair(), NOTHING))
                .hasMessageContaining("answered already: REJECTED");
            expectRefused(RnicError.CONNECTION_REJECTED, () -> attempt.await(Completions.PATIENCE));
        }
    }

    /** Tells of an open request that there is too much private data: so it stays open. */
    private RnicError errorOfTooMuch(final ConnectionRequest request) {
        final byte[] tooMuch = new byte[server.rnic().attributes().maxPrivateData() + 1];
        try {
            request.accept(server.queuePair(), tooMuch);
            throw new AssertionError("accepted with " + tooMuch.length + " bytes");
        } catch (final RnicException e) {
            return e.error();
        }
    }

    /** On loopback alone: over TCP the request may be there for a moment before the end of the connection is. */
    @OverLoopback
    void shouldNotShowARequestThatIsWithdrawn() throws InterruptedException {
        client.queuePair().beginConnect(listener.address(), NOTHING).close();
        assertThat(listener.await(Duration.ZERO)).as("withdrawn before it was looked at").isNull();
    }

    @EveryDoor
    void shouldRefuseWhatWaitsWhenTheListenerCloses() throws InterruptedException {
        try (Listener closing = server.rnic().listen(ConnectedPair.anyPort());
            ConnectionAttempt attempt = client.queuePair().beginConnect(closing.address(), NOTHING)) {
            assertThat(closing.address()).isNotEqualTo(listener.address());
            final Listener closed = server.rnic().listen(ConnectedPair.anyPort());
            closed.close();
            expectRefused(RnicError.CLOSED, () -> closed.await(Duration.ZERO));
            expectRefused(RnicError.CLOSED, closed::close);
            expectRefused(RnicError.TIMED_OUT, () -> attempt.await(Duration.ZERO));
        }
        final Listener brief = server.rnic().listen(ConnectedPair.anyPort());
        try (ConnectionAttempt attempt = client.queuePair().beginConnect(brief.address(), NOTHING)) {
            brief.close();
            expectRefused(RnicError.CONNECTION_REFUSED, () -> attempt.await(Completions.PATIENCE));
        }
    }

    @EveryDoor
    void shouldConnectTwoQueuePairsOfOneProcess() throws InterruptedException {
        try (Side other = Side.of(server.rnic())) {
            ConnectedPair.connect(other.queuePair(), server.rnic(), server.queuePair());
            server.receive(1, 0, 8);
            other.send(2, 0, 8);
            assertThat(server.awaitReceive().status()).isEqualTo(CompletionStatus.SUCCESS);
        }
    }

    /** On loopback alone: TCP reaches other machines. */
    @OverLoopback
    void shouldRefuseAPortThatIsTakenAndAddressesOfOtherMachines() {
        expectRefused(RnicError.ADDRESS_IN_USE, () -> client.rnic().listen(listener.address()));
        final InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 7000);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> client.rnic().listen(elsewhere));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> client.queuePair().beginConnect(elsewhere, NOTHING));
        final InetSocketAddress unresolved = InetSocketAddress.createUnresolved("no.such.host.invalid", 7000);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> client.queuePair().beginConnect(unresolved, NOTHING));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> client.rnic().listen(unresolved));
    }

    /** On loopback alone: over TCP requests arrive in an order of their own, see TcpConnectionTest. */
    @OverLoopback
    void shouldRefuseMoreThanTheBacklogHolds() {
        final List<QueuePair> waiting = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            final QueuePair asking = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
            asking.beginConnect(listener.address(), NOTHING);
            waiting.add(asking);
        }
        expectRefused(RnicError.CONNECTION_REFUSED, () -> client.queuePair().beginConnect(listener.address(), NOTHING));
        waiting.forEach(QueuePair::close);
        client.queuePair().beginConnect(listener.address(), NOTHING).close();
    }

    @EveryDoor
    void shouldConnectAUserLevelProcessWithOneBehindTheKernel(final RnicOptions options) throws InterruptedException {
        final String otherFrontEnd = server.rnic().frontEnd().equals("kernel") ? "user" : "kernel";
        final Rnic otherNic = Rnic.open(options.withFrontEnd(otherFrontEnd));
        try (Side other = Side.of(otherNic)) {
            ConnectedPair.connect(other.queuePair(), server.rnic(), server.queuePair());
            server.receive(1, 0, 5);
            other.fill(0, "hello".getBytes(UTF_8));
            other.send(2, 0, 5);
            server.awaitReceive();
            assertThat(server.bytes(0, 5)).asString(UTF_8).isEqualTo("hello");
            server.read(3, 100, 5, other.region().address(), other.region().rkey());
            server.awaitSend();
            assertThat(server.bytes(100, 5)).asString(UTF_8).isEqualTo("hello");
            expectRefused(RnicError.INVALID_ARGUMENT, () -> server.domain().createQueuePair(
                QueuePairOptions.of(other.sends())));
        }
        otherNic.close();
    }
}
