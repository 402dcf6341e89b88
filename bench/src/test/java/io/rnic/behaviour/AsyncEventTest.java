package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.AsyncEvent;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** What an application learns that no completion tells. */
class AsyncEventTest {
    private ConnectedPair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair pair) {
        this.pair = pair;
        client = pair.client();
        server = pair.server();
    }

    private static AsyncEvent next(final Rnic rnic) throws InterruptedException {
        return Objects.requireNonNull(rnic.awaitAsyncEvent(Completions.PATIENCE), "no event came");
    }

    private static @Nullable AsyncEvent look(final Rnic rnic) throws InterruptedException {
        return rnic.awaitAsyncEvent(Duration.ZERO);
    }

    @EveryDoor
    void aRefusedWriteShouldBeToldToBothSides() throws InterruptedException {
        client.write(1, 0, 8, server.region().address(), server.region().rkey() + 1);
        assertThat(client.awaitSend().status())
            .isEqualTo(pair.acknowledges() ? CompletionStatus.REMOTE_ACCESS_ERROR : CompletionStatus.SUCCESS);
        assertThat(next(client.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.QP_FATAL, client.queuePair(), 0));
        assertThat(next(server.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.QP_ACCESS_ERR, server.queuePair(), 0));
        assertThat(look(client.rnic())).isNull();
        assertThat(look(server.rnic())).isNull();
    }

    @EveryDoor
    void aSendWithoutAReceiveShouldBeToldToBothSides() throws InterruptedException {
        client.send(1, 0, 8);
        assertThat(next(client.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.QP_FATAL, client.queuePair(), 0));
        assertThat(next(server.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.QP_REQ_ERR, server.queuePair(), 0));
    }

    @EveryDoor
    void aLocalErrorShouldBeToldToItsOwnerAndThePeerBeDisconnected() throws InterruptedException {
        client.queuePair().postSend(
            new SendRequest().send(1).sge(client.region().address(), 8, client.region().lkey() + 1));
        assertThat(next(client.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.QP_FATAL, client.queuePair(), 0));
        client.awaitSend(); // on loopback it comes when both sides are in ERROR, the event may come before
        server.awaitState(QueuePairState.ERROR);
        assertThat(next(server.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.DISCONNECTED, server.queuePair(), 0));
        assertThat(look(server.rnic())).isNull();
    }

    @EveryDoor
    void movingToErrorShouldDisconnectBothSides() throws InterruptedException {
        client.queuePair().modify(QueuePairState.ERROR);
        expectDisconnected(client);
        expectDisconnected(server);
        client.queuePair().modify(QueuePairState.ERROR);
        server.queuePair().modify(QueuePairState.RESET);
        assertThat(look(client.rnic())).as("told once").isNull();
        assertThat(look(server.rnic())).as("told once").isNull();
    }

    @EveryDoor
    void aPeerThatIsResetShouldDisconnect() throws InterruptedException {
        client.queuePair().modify(QueuePairState.RESET);
        expectDisconnected(server);
        assertThat(look(client.rnic())).as("it has no connection any more that could end").isNull();
    }

    @EveryDoor
    void aPeerThatIsClosedShouldDisconnect() throws InterruptedException {
        client.queuePair().close();
        expectDisconnected(server);
        assertThat(look(client.rnic())).isNull();
    }

    @EveryDoor
    void aQueuePairThatWasNotConnectedShouldNotBeDisconnected() throws InterruptedException {
        server.queuePair().modify(QueuePairState.RESET);
        expectDisconnected(client);
        server.queuePair().modify(QueuePairState.INIT);
        server.queuePair().modify(QueuePairState.ERROR);
        assertThat(look(server.rnic())).isNull();
    }

    private static void expectDisconnected(final Side side) throws InterruptedException {
        assertThat(next(side.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.DISCONNECTED, side.queuePair(), 0));
        assertThat(look(side.rnic())).isNull();
    }

    @EveryDoor
    void aReceiveWhoseCompletionIsLostShouldBeToldToItsOwner() throws InterruptedException {
        try (CompletionQueue small = server.rnic().createCompletionQueue(1);
            QueuePair receiver = server.domain().createQueuePair(QueuePairOptions.of(server.sends(), small));
            QueuePair sender = client.domain().createQueuePair(
                QueuePairOptions.of(client.sends(), client.receives()))) {
            ConnectedPair.connect(sender, server.rnic(), receiver);
            for (int i = 0; i < 2; i++) {
                receiver.postReceive(new ReceiveRequest().receive(i).sge(server.region(), 0, 8));
                sender.postSend(new SendRequest().send(i).sge(client.region(), 0, 8).signalled(true));
            }
            assertThat(Completions.await(client.sends(), 2)).extracting(CompletedRequest::status)
                .containsExactly(CompletionStatus.SUCCESS,
                    pair.acknowledges() ? CompletionStatus.REMOTE_OPERATION_ERROR : CompletionStatus.SUCCESS);
            assertThat(next(server.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.CQ_ERR, small, 0));
            assertThat(next(server.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.QP_FATAL, receiver, 0));
            assertThat(next(client.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.QP_FATAL, sender, 0));
            final Diagnosis why = Objects.requireNonNull(receiver.diagnosis());
            assertThat(why.check()).isEqualTo(Diagnosis.Check.COMPLETION_QUEUE);
            assertThat(why.wrId()).isEqualTo(1);
        }
    }

    @EveryDoor
    void eventsOfAnObjectThatIsDestroyedShouldVanish() throws InterruptedException {
        client.write(1, 0, 8, server.region().address(), server.region().rkey() + 1);
        client.awaitSend();
        client.awaitDiagnosis();
        client.queuePair().close();
        assertThat(look(client.rnic())).isNull();
    }

    /** Over one link, for it takes a thousand connections: what is lost is lost behind the link. */
    @OverLoopback
    void eventsThatNobodyTakesShouldBeCountedAndNotHoldTheNicUp() throws InterruptedException {
        final int more = 7;
        for (int i = 0; i < Rnic.MAX_ASYNC_EVENTS + more; i++) {
            failOnce();
        }
        int taken = 1;
        assertThat(next(client.rnic()).lost()).isEqualTo(more);
        for (AsyncEvent event = look(client.rnic()); event != null; event = look(client.rnic())) {
            assertThat(event).isEqualTo(new AsyncEvent(AsyncEventType.QP_FATAL, client.queuePair(), 0));
            taken++;
        }
        assertThat(taken).isEqualTo(Rnic.MAX_ASYNC_EVENTS);
        failOnce();
        assertThat(next(client.rnic())).isEqualTo(new AsyncEvent(AsyncEventType.QP_FATAL, client.queuePair(), 0));
    }

    /** A Send with a bad key, after which both queue pairs are connected again. */
    private void failOnce() throws InterruptedException {
        client.queuePair().postSend(new SendRequest().send(1).sge(client.region().address(), 8, 1));
        client.awaitSend();
        pair.reconnect();
    }

    @EveryDoor
    void closingTheNicShouldWakeWhoeverWaits(final RnicOptions options) throws Exception {
        final Rnic rnic = Rnic.open(options);
        final CompletableFuture<Throwable> refusal = CompletableFuture.supplyAsync(() -> {
            try {
                throw new AssertionError("event " + rnic.awaitAsyncEvent(Completions.PATIENCE));
            } catch (final RnicException e) {
                return e;
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        rnic.close();
        assertThat(refusal.get()).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.CLOSED));
    }
}
