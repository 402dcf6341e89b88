package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.Await;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairAttributes;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;

/** How many RDMA Reads may be under way: asked for, agreed on, kept. */
class ReadLimitsTest {
    private Side client;
    private Side server;

    @BeforeEach
    void open(final ConnectedPair pair) throws InterruptedException {
        client = pair.client();
        server = pair.server();
    }

    private static QueuePair create(final Side side, final int ord, final int ird) {
        return side.domain().createQueuePair(QueuePairOptions.of(side.sends(), side.receives()).withReads(ord, ird));
    }

    private static List<Integer> reads(final QueuePair queuePair) {
        final QueuePairAttributes now = queuePair.query();
        return List.of(now.ord(), now.ird());
    }

    private void read(final QueuePair queuePair, final long wrId) {
        queuePair.postSend(new SendRequest().read(wrId, server.region().address(), server.region().rkey())
            .sge(client.region(), 0, 8).signalled(true));
    }

    @EveryDoor
    void connectingShouldAgreeOnWhatBothCanDo() throws InterruptedException {
        try (QueuePair asking = create(client, 100, 4);
            QueuePair accepting = create(server, 8, 20);
            Listener listener = server.rnic().listen(ConnectedPair.anyPort());
            ConnectionAttempt attempt = asking.beginConnect(listener.address(), new byte[] {1})) {
            final ConnectionRequest request = Objects.requireNonNull(listener.await(Completions.PATIENCE));
            assertThat(request.ord()).isEqualTo(100);
            assertThat(request.ird()).isEqualTo(4);
            assertThat(request.privateData()).containsExactly(1);
            request.accept(accepting, new byte[0]);
            attempt.await(Completions.PATIENCE);
            assertThat(reads(asking)).containsExactly(20, 4);
            assertThat(reads(accepting)).containsExactly(4, 20);
            asking.modify(QueuePairState.RESET);
            assertThat(reads(asking)).as("as it was created").containsExactly(100, 4);
        }
    }

    @EveryDoor
    void withoutRoomForReadsTheyShouldBeRefusedAndOtherRequestsDone() throws InterruptedException {
        try (QueuePair asking = create(client, 16, 16); QueuePair accepting = create(server, 16, 0)) {
            ConnectedPair.connect(asking, server.rnic(), accepting);
            assertThat(reads(asking)).containsExactly(0, 16);
            asking.postSend(new SendRequest().write(1, server.region().address(), server.region().rkey())
                .sge(client.region(), 0, 8).signalled(true));
            assertThat(Completions.awaitOne(client.sends()).status()).isEqualTo(CompletionStatus.SUCCESS);
            read(asking, 2);
            assertThat(Completions.awaitOne(client.sends()).status())
                .isEqualTo(CompletionStatus.LOCAL_QP_OPERATION_ERROR);
            final Diagnosis why = Objects.requireNonNull(asking.diagnosis());
            assertThat(why.check()).isEqualTo(Diagnosis.Check.READS);
            assertThat(why.wrId()).isEqualTo(2);
            assertThat(asking.state()).isEqualTo(QueuePairState.ERROR);
        }
    }

    @EveryDoor
    void whatTheDeviceCannotDoShouldBeRefused() {
        final int most = client.rnic().attributes().maxOrd();
        assertThat(client.rnic().attributes().maxIrd()).isEqualTo(most);
        create(client, most, most).close();
        expectRefused(RnicError.INVALID_ARGUMENT, () -> create(client, most + 1, 1));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> create(client, 1, most + 1));
        expectRefused(RnicError.INVALID_ARGUMENT, () -> create(client, -1, 1));
    }

    @EveryDoor
    void limitsShouldBeChangedBeforeConnectingAndWhileTheSendQueueIsDrained() throws InterruptedException {
        try (QueuePair asking = create(client, 1, 1); QueuePair accepting = create(server, 16, 16)) {
            asking.modify(QueuePairChange.reads(9, QueuePairChange.UNCHANGED));
            assertThat(reads(asking)).containsExactly(9, 1);
            ConnectedPair.connect(asking, server.rnic(), accepting);
            assertThat(reads(asking)).containsExactly(9, 1);
            expectRefused(RnicError.INVALID_STATE, () -> asking.modify(QueuePairChange.reads(2, 1)));
            asking.modify(QueuePairState.SQD);
            asking.modify(QueuePairChange.to(QueuePairState.RTS).withReads(2, 1));
            assertThat(reads(asking)).containsExactly(2, 1);
            assertThat(asking.state()).isEqualTo(QueuePairState.RTS);
        }
    }

    @EveryDoor
    void limitsShouldNotChangeWhileAConnectionIsAskedFor() throws InterruptedException {
        try (QueuePair asking = create(client, 3, 3);
            Listener listener = server.rnic().listen(ConnectedPair.anyPort())) {
            try (ConnectionAttempt attempt = asking.beginConnect(listener.address(), new byte[0])) {
                assertThat(attempt).isNotNull();
                expectRefused(RnicError.INVALID_STATE, () -> asking.modify(QueuePairChange.reads(1, 1)));
            }
            asking.modify(QueuePairChange.reads(1, 1)); // the attempt is withdrawn
            assertThat(reads(asking)).containsExactly(1, 1);
        }
    }

    private void change(final QueuePair queuePair, final int ord, final int ird) {
        queuePair.modify(QueuePairState.SQD);
        queuePair.modify(QueuePairChange.to(QueuePairState.RTS).withReads(ord, ird));
        assertThat(reads(queuePair)).containsExactly(ord, ird);
    }

    @EveryDoor
    void limitsShouldGoDownAndUpAgainToWhatWasAgreedOnAndNoFurther() throws InterruptedException {
        try (QueuePair asking = create(client, 9, 16); QueuePair accepting = create(server, 5, 16)) {
            ConnectedPair.connect(asking, server.rnic(), accepting);
            assertThat(reads(asking)).containsExactly(9, 5);
            change(asking, 2, 1);
            change(asking, 9, 5);
            change(asking, 0, 0);
            asking.modify(QueuePairState.SQD);
            expectRefused(RnicError.INVALID_ARGUMENT, () -> asking.modify(QueuePairChange.reads(10, 5)));
            expectRefused(RnicError.INVALID_ARGUMENT, () -> asking.modify(QueuePairChange.reads(9, 6)));
        }
    }

    @EveryDoor
    void aReadShouldBeRefusedByWhoAnswersNoneAnyMore() throws InterruptedException {
        final Diagnosis why = expectRefusedByServer(new SendRequest()
            .read(7, server.region().address(), server.region().rkey()).sge(client.region(), 0, 8).signalled(true));
        assertThat(why.operation()).isEqualTo(CompletionOpcode.RDMA_READ);
    }

    @EveryDoor
    void aReadOfNothingShouldBeRefusedByWhoAnswersNoneAnyMore() throws InterruptedException {
        expectRefusedByServer(new SendRequest().read(7, 0, 0).signalled(true));
    }

    @EveryDoor
    void anAtomicShouldBeRefusedByWhoAnswersNoneAnyMore() throws InterruptedException {
        final long before = server.memory().get(ValueLayout.JAVA_LONG, 0);
        final Diagnosis why = expectRefusedByServer(new SendRequest()
            .fetchAndAdd(7, server.region().address(), server.region().rkey(), 1).sge(client.region(), 0, 8)
            .signalled(true));
        assertThat(why.operation()).isEqualTo(CompletionOpcode.ATOMIC_FETCH_AND_ADD);
        assertThat(server.memory().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(before);
    }

    private Diagnosis expectRefusedByServer(final SendRequest request) throws InterruptedException {
        try (QueuePair asking = create(client, 16, 16); QueuePair accepting = create(server, 16, 16)) {
            ConnectedPair.connect(asking, server.rnic(), accepting);
            change(accepting, 16, 0);
            asking.postSend(request);
            final CompletedRequest done = Completions.awaitOne(client.sends());
            assertThat(done.wrId()).isEqualTo(7);
            assertThat(done.status()).isEqualTo(CompletionStatus.REMOTE_OPERATION_ERROR);
            assertThat(Await.diagnosis(accepting).check()).isEqualTo(Diagnosis.Check.PROTOCOL);
            return Await.diagnosis(asking);
        }
    }
}
