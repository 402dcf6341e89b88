package io.rnic.conformance;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.behaviour.EveryDoor;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairAttributes;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Connection: 65 to 72. */
class ConnectionTest {
    private static final byte[] NOTHING = new byte[0];

    private Side client;
    private Side server;
    private Listener listener;

    @BeforeEach
    void open(final Rnic rnic) {
        client = Side.of(rnic);
        server = Side.of(rnic);
        listener = rnic.listen(ConnectedPair.anyPort());
    }

    @AfterEach
    void close() {
        listener.close();
        client.close();
        server.close();
    }

    private ConnectionRequest nextRequest() throws InterruptedException {
        return Objects.requireNonNull(listener.await(Completions.PATIENCE));
    }

    @EveryDoor
    void c65_privateDataGoesBothWays() throws InterruptedException {
        try (ConnectionAttempt attempt = client.queuePair().beginConnect(listener.address(), "who?".getBytes(UTF_8))) {
            final ConnectionRequest request = nextRequest();
            assertThat(request.privateData()).asString(UTF_8).isEqualTo("who?");
            assertThat(client.queuePair().state()).isEqualTo(QueuePairState.INIT);

            request.accept(server.queuePair(), "me".getBytes(UTF_8));

            assertThat(attempt.await(Completions.PATIENCE)).asString(UTF_8).isEqualTo("me");
            assertThat(client.queuePair().state()).isEqualTo(QueuePairState.RTS);
            assertThat(server.queuePair().state()).isEqualTo(QueuePairState.RTS);
            expectRefused(RnicError.INVALID_STATE, () -> request.accept(server.queuePair(), NOTHING));
            expectRefused(RnicError.INVALID_STATE, () -> request.reject(NOTHING));
        }
    }

    @EveryDoor
    void c65_privateDataOverTheLimitIsRefused() throws InterruptedException {
        final int most = client.rnic().attributes().maxPrivateData();
        expectRefused(RnicError.INVALID_ARGUMENT,
            () -> client.queuePair().beginConnect(listener.address(), new byte[most + 1]));
        try (ConnectionAttempt attempt = client.queuePair().beginConnect(listener.address(), new byte[most])) {
            final ConnectionRequest request = nextRequest();
            assertThat(request.privateData()).hasSize(most);
            expectRefused(RnicError.INVALID_ARGUMENT,
                () -> request.accept(server.queuePair(), new byte[most + 1]));
            expectRefused(RnicError.INVALID_ARGUMENT, () -> request.reject(new byte[most + 1]));
            request.accept(server.queuePair(), new byte[most]);
            assertThat(attempt.await(Completions.PATIENCE)).hasSize(most);
        }
    }

    @EveryDoor
    void c66_aRejectionDeliversItsPrivateData() throws InterruptedException {
        try (ConnectionAttempt attempt = client.queuePair().beginConnect(listener.address(), NOTHING)) {
            nextRequest().reject("no".getBytes(UTF_8));
            assertThatThrownBy(() -> attempt.await(Completions.PATIENCE))
                .isInstanceOfSatisfying(RejectedException.class, e -> {
                    assertThat(e.error()).isEqualTo(RnicError.CONNECTION_REJECTED);
                    assertThat(e.privateData()).asString(UTF_8).isEqualTo("no");
                });
        }
        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.INIT);
        ConnectedPair.connect(client.queuePair(), server.rnic(), server.queuePair());
        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.RTS);
    }

    @EveryDoor
    void c67_timeOutAndRefusalTellThemselvesApart() {
        expectRefused(RnicError.CONNECTION_REFUSED,
            () -> client.queuePair().connect(nobody(), NOTHING, Completions.PATIENCE));
        expectRefused(RnicError.TIMED_OUT,
            () -> client.queuePair().connect(listener.address(), NOTHING, Duration.ofNanos(1)));
        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.INIT);
    }

    private InetSocketAddress nobody() {
        return new InetSocketAddress(listener.address().getAddress(), 1);
    }

    @EveryDoor
    void c68_connectToAClosedPortIsRefused() {
        final Listener closed = server.rnic().listen(ConnectedPair.anyPort());
        closed.close();
        for (final InetSocketAddress address : new InetSocketAddress[] {closed.address(), nobody()}) {
            expectRefused(RnicError.CONNECTION_REFUSED,
                () -> client.queuePair().connect(address, NOTHING, Completions.PATIENCE));
        }
        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.INIT);
    }

    @EveryDoor
    void c68_connectToItselfIsRefusedAndTheRequestStays() throws InterruptedException {
        try (ConnectionAttempt attempt = client.queuePair().beginConnect(listener.address(), NOTHING)) {
            final ConnectionRequest request = nextRequest();
            assertThatThrownBy(() -> request.accept(client.queuePair(), NOTHING))
                .isInstanceOfSatisfying(RnicException.class, e -> assertThat(e.error()).as(e.getMessage())
                    // over TCP nobody knows whose request it is, but that this queue pair has one of its own
                    .isIn(RnicError.INVALID_ARGUMENT, RnicError.INVALID_STATE));
            request.accept(server.queuePair(), NOTHING);
            assertThat(attempt.await(Completions.PATIENCE)).isEmpty();
        }
    }

    @EveryDoor
    void c68_connectTwiceIsRefusedToOneQueuePairAndGrantedToTwo() throws InterruptedException {
        try (ConnectionAttempt attempt = client.queuePair().beginConnect(listener.address(), NOTHING)) {
            expectRefused(RnicError.INVALID_STATE,
                () -> client.queuePair().beginConnect(listener.address(), NOTHING));
            nextRequest().accept(server.queuePair(), NOTHING);
            attempt.await(Completions.PATIENCE);
        }
        expectRefused(RnicError.INVALID_STATE, () -> client.queuePair().beginConnect(listener.address(), NOTHING));
        try (QueuePair second = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
            QueuePair itsPeer = server.domain().createQueuePair(QueuePairOptions.of(server.sends()));
            ConnectionAttempt attempt = second.beginConnect(listener.address(), NOTHING)) {
            final ConnectionRequest request = nextRequest();
            expectRefused(RnicError.INVALID_STATE, () -> request.accept(server.queuePair(), NOTHING));
            request.accept(itsPeer, NOTHING);
            attempt.await(Completions.PATIENCE);
            assertThat(second.state()).isEqualTo(QueuePairState.RTS);
            assertThat(client.queuePair().state()).isEqualTo(QueuePairState.RTS);
        }
    }

    @EveryDoor
    void c72_aModificationThatIsRefusedChangesNothing() throws InterruptedException {
        ConnectedPair.connect(client.queuePair(), server.rnic(), server.queuePair());
        server.receive(1, 0, 8);
        for (final QueuePairState refused : new QueuePairState[] {QueuePairState.INIT, QueuePairState.RTS}) {
            expectRefused(RnicError.INVALID_STATE, () -> client.queuePair().modify(refused));
            expectRefused(RnicError.INVALID_STATE, () -> server.queuePair().modify(refused));
        }
        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.RTS);
        assertThat(server.queuePair().state()).isEqualTo(QueuePairState.RTS);
        assertThat(server.queuePair().receiveSpace()).isEqualTo(63);
        client.send(2, 0, 8);
        assertThat(server.awaitReceive()).succeeded().hasWrId(1);
    }

    @EveryDoor
    void c72_aModificationWithOneBadAttributeChangesNothing() throws InterruptedException {
        final QueuePair queuePair = client.queuePair();
        ConnectedPair.connect(queuePair, server.rnic(), server.queuePair());
        queuePair.modify(QueuePairState.SQD);
        final QueuePairAttributes before = queuePair.query();
        final QueuePairChange resuming = QueuePairChange.to(QueuePairState.RTS);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> queuePair.modify(resuming.withReads(2, before.ird() + 1)));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> queuePair.modify(resuming.withReads(-2, 1)));
        for (final QueuePairState refused : new QueuePairState[] {
            QueuePairState.INIT, QueuePairState.SQD, QueuePairState.ERROR, QueuePairState.RESET}) {
            expectRefused(RnicError.INVALID_STATE,
                () -> queuePair.modify(QueuePairChange.to(refused).withReads(1, 1)));
        }
        expectRefused(RnicError.INVALID_ARGUMENT, () -> queuePair.modify(
            QueuePairChange.reads(QueuePairChange.UNCHANGED, QueuePairChange.UNCHANGED)));
        assertThat(queuePair.query()).isEqualTo(before);
        queuePair.modify(QueuePairState.RTS);
        client.read(1, 0, 8, server.region().address(), server.region().rkey());
        assertThat(client.awaitSend()).succeeded();
    }
}
