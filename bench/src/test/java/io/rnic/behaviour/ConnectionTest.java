package io.rnic.behaviour;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@ThroughEveryDoor
class ConnectionTest {
    private static final byte[] NOTHING = new byte[0];

    @Parameter
    Door door;

    private RnicOptions options;
    private Side client;
    private Side server;
    private Listener listener;

    @BeforeEach
    void open() {
        options = door.options();
        client = new Side(Rnic.open(options), UnaryOperator.identity());
        server = new Side(Rnic.open(options), UnaryOperator.identity());
        listener = server.rnic.listen(Pair.anyPort());
    }

    @AfterEach
    void close() {
        listener.close();
        client.close();
        server.close();
        client.rnic.close();
        server.rnic.close();
    }

    private static void expect(final RnicError error, final ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
    }

    private ConnectionRequest nextRequest() throws InterruptedException {
        return Objects.requireNonNull(listener.await(Pair.PATIENCE));
    }

    @Test
    void shouldBringPrivateDataBothWays() throws InterruptedException {
        try (ConnectionAttempt attempt = client.queuePair.beginConnect(listener.address(), "who?".getBytes(UTF_8))) {
            final ConnectionRequest request = nextRequest();
            assertThat(request.privateData()).asString(UTF_8).isEqualTo("who?");
            assertThat(client.queuePair.state()).isEqualTo(QueuePairState.INIT);

            request.accept(server.queuePair, "me".getBytes(UTF_8));

            assertThat(attempt.await(Pair.PATIENCE)).asString(UTF_8).isEqualTo("me");
            assertThat(client.queuePair.state()).isEqualTo(QueuePairState.RTS);
            assertThat(server.queuePair.state()).isEqualTo(QueuePairState.RTS);
            expect(RnicError.INVALID_STATE, () -> request.accept(server.queuePair, NOTHING));
            expect(RnicError.INVALID_STATE, () -> request.reject(NOTHING));
        }
    }

    @Test
    void shouldRejectWithPrivateDataAndLeaveBothReadyForAnother() throws InterruptedException {
        try (ConnectionAttempt attempt = client.queuePair.beginConnect(listener.address(), NOTHING)) {
            nextRequest().reject("no".getBytes(UTF_8));
            assertThatThrownBy(() -> attempt.await(Pair.PATIENCE)).isInstanceOfSatisfying(RejectedException.class,
                e -> {
                assertThat(e.error()).isEqualTo(RnicError.CONNECTION_REJECTED);
                assertThat(e.privateData()).asString(UTF_8).isEqualTo("no");
            });
        }
        assertThat(client.queuePair.state()).isEqualTo(QueuePairState.INIT);
        Pair.connect(client.queuePair, server.rnic, server.queuePair);
        assertThat(client.queuePair.state()).isEqualTo(QueuePairState.RTS);
    }

    @Test
    void shouldRefuseTooMuchPrivateDataAndTakeTheMost() throws InterruptedException {
        final int most = client.rnic.attributes().maxPrivateData();
        expect(RnicError.INVALID_ARGUMENT,
            () -> client.queuePair.beginConnect(listener.address(), new byte[most + 1]));
        try (ConnectionAttempt attempt = client.queuePair.beginConnect(listener.address(), new byte[most])) {
            final ConnectionRequest request = nextRequest();
            assertThat(request.privateData()).hasSize(most);
            expect(RnicError.INVALID_ARGUMENT, () -> request.accept(server.queuePair, new byte[most + 1]));
            expect(RnicError.INVALID_ARGUMENT, () -> request.reject(new byte[most + 1]));
            request.accept(server.queuePair, new byte[most]);
            assertThat(attempt.await(Pair.PATIENCE)).hasSize(most);
        }
    }

    @Test
    void shouldTellNobodyListensFromNobodyAnswers() {
        final InetSocketAddress nobody = new InetSocketAddress(listener.address().getAddress(), 1);
        expect(RnicError.CONNECTION_REFUSED, () -> client.queuePair.connect(nobody, NOTHING, Pair.PATIENCE));
        expect(RnicError.TIMED_OUT,
            () -> client.queuePair.connect(listener.address(), NOTHING, Duration.ofNanos(1)));
        assertThat(client.queuePair.state()).isEqualTo(QueuePairState.INIT);
    }

    @Test
    void shouldTellTheListeningSideThatTheAskingSideGaveUp() throws InterruptedException {
        final ConnectionAttempt attempt = client.queuePair.beginConnect(listener.address(), NOTHING);
        final ConnectionRequest request = nextRequest();
        attempt.close();
        attempt.close();
        expect(RnicError.TIMED_OUT, () -> request.accept(server.queuePair, NOTHING));
        assertThat(server.queuePair.state()).isEqualTo(QueuePairState.INIT);
        client.queuePair.beginConnect(listener.address(), NOTHING).close();
        assertThat(listener.await(Duration.ZERO)).as("withdrawn before it was looked at").isNull();
    }

    @Test
    void shouldRefuseWhatWaitsWhenTheListenerCloses() throws InterruptedException {
        try (Listener closing = server.rnic.listen(Pair.anyPort());
            ConnectionAttempt attempt = client.queuePair.beginConnect(closing.address(), NOTHING)) {
            assertThat(closing.address()).isNotEqualTo(listener.address());
            final Listener closed = server.rnic.listen(Pair.anyPort());
            closed.close();
            expect(RnicError.CLOSED, () -> closed.await(Duration.ZERO));
            expect(RnicError.CLOSED, closed::close);
            expect(RnicError.TIMED_OUT, () -> attempt.await(Duration.ZERO));
        }
        final Listener brief = server.rnic.listen(Pair.anyPort());
        try (ConnectionAttempt attempt = client.queuePair.beginConnect(brief.address(), NOTHING)) {
            brief.close();
            expect(RnicError.CONNECTION_REFUSED, () -> attempt.await(Pair.PATIENCE));
        }
    }

    @Test
    void shouldRefuseASecondConnectionOfTheSameQueuePair() throws InterruptedException {
        try (ConnectionAttempt attempt = client.queuePair.beginConnect(listener.address(), NOTHING)) {
            expect(RnicError.INVALID_STATE, () -> client.queuePair.beginConnect(listener.address(), NOTHING));
            final ConnectionRequest request = nextRequest();
            expect(RnicError.INVALID_ARGUMENT, () -> request.accept(client.queuePair, NOTHING));
            request.accept(server.queuePair, NOTHING);
            attempt.await(Pair.PATIENCE);
        }
        expect(RnicError.INVALID_STATE, () -> client.queuePair.beginConnect(listener.address(), NOTHING));
        try (Side third = new Side(client.rnic, UnaryOperator.identity());
            ConnectionAttempt attempt = third.queuePair.beginConnect(listener.address(), NOTHING)) {
            final ConnectionRequest request = nextRequest();
            expect(RnicError.INVALID_STATE, () -> request.accept(server.queuePair, NOTHING));
            request.reject(NOTHING);
            expect(RnicError.CONNECTION_REJECTED, () -> attempt.await(Pair.PATIENCE));
        }
    }

    @Test
    void shouldConnectTwoQueuePairsOfOneProcess() throws InterruptedException {
        try (Side other = new Side(server.rnic, UnaryOperator.identity())) {
            Pair.connect(other.queuePair, server.rnic, server.queuePair);
            server.receive(1, 0, 8);
            other.send(2, 0, 8);
            assertThat(Done.awaitOne(server.receives).status()).isEqualTo(CompletionStatus.SUCCESS);
        }
    }

    @Test
    void shouldRefuseAPortThatIsTakenAndAddressesOfOtherMachines() {
        expect(RnicError.ADDRESS_IN_USE, () -> client.rnic.listen(listener.address()));
        final InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 7000);
        expect(RnicError.INVALID_ARGUMENT, () -> client.rnic.listen(elsewhere));
        expect(RnicError.INVALID_ARGUMENT, () -> client.queuePair.beginConnect(elsewhere, NOTHING));
        final InetSocketAddress unresolved = InetSocketAddress.createUnresolved("no.such.host.invalid", 7000);
        expect(RnicError.INVALID_ARGUMENT, () -> client.queuePair.beginConnect(unresolved, NOTHING));
        expect(RnicError.INVALID_ARGUMENT, () -> client.rnic.listen(unresolved));
    }

    @Test
    void shouldRefuseMoreThanTheBacklogHolds() {
        final List<QueuePair> waiting = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            final QueuePair asking = client.domain.createQueuePair(QueuePairOptions.of(client.sends));
            asking.beginConnect(listener.address(), NOTHING);
            waiting.add(asking);
        }
        expect(RnicError.CONNECTION_REFUSED, () -> client.queuePair.beginConnect(listener.address(), NOTHING));
        waiting.forEach(QueuePair::close);
        client.queuePair.beginConnect(listener.address(), NOTHING).close();
    }

    @Test
    void shouldConnectAUserLevelProcessWithOneBehindTheKernel() throws InterruptedException {
        final String otherDoor = door.isKernel() ? "user" : "kernel";
        final Rnic otherNic = Rnic.open(options.withFrontEnd(otherDoor));
        try (Side other = new Side(otherNic, UnaryOperator.identity())) {
            Pair.connect(other.queuePair, server.rnic, server.queuePair);
            server.receive(1, 0, 5);
            other.fill(0, "hello".getBytes(UTF_8));
            other.send(2, 0, 5);
            Done.awaitOne(server.receives);
            assertThat(server.bytes(0, 5)).asString(UTF_8).isEqualTo("hello");
            server.read(3, 100, 5, other.region.address(), other.region.rkey());
            Done.awaitOne(server.sends);
            assertThat(server.bytes(100, 5)).asString(UTF_8).isEqualTo("hello");
            expect(RnicError.INVALID_ARGUMENT, () -> server.domain.createQueuePair(
                QueuePairOptions.of(other.sends)));
        }
        otherNic.close();
    }
}
