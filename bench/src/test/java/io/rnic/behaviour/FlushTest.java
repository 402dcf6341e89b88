package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** What happens to requests when a connection ends. */
@ThroughEveryDoor
class FlushTest {
    @Parameter
    Door door;

    private Pair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect() throws InterruptedException {
        pair = new Pair(door);
        client = pair.client;
        server = pair.server;
    }

    @AfterEach
    void close() {
        pair.close();
    }

    @Test
    void shouldFlushTheReceivesOfBothSidesInPostingOrderOnDisconnect() {
        for (int i = 0; i < 5; i++) {
            client.receive(10 + i, 0, 8);
            server.receive(20 + i, 0, 8);
        }

        client.queuePair.disconnect();

        assertThat(Done.await(client.receives, 5)).extracting(Done::wrId).containsExactly(10L, 11L, 12L, 13L, 14L);
        assertThat(Done.await(server.receives, 5)).allSatisfy(
            done -> assertThat(done.status()).isEqualTo(CompletionStatus.FLUSHED));
        assertThat(client.queuePair.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(server.queuePair.state()).isEqualTo(QueuePairState.ERROR);
    }

    @Test
    void shouldFlushTheRestOfAListBehindAFailedRequest() {
        final SendRequest[] list = {
            new SendRequest().write(1, server.region.address(), server.region.rkey()).sge(client.region, 0, 8),
            new SendRequest().write(2, server.region.address(), server.region.rkey() ^ 1).sge(client.region, 0, 8),
            new SendRequest().write(3, server.region.address(), server.region.rkey()).sge(client.region, 0, 8),
            new SendRequest().send(4).sge(client.region, 0, 8),
        };

        client.queuePair.postSend(list, list.length);

        assertThat(Done.await(client.sends, 3)).extracting(Done::wrId, Done::status).containsExactly(
            tuple(2L, CompletionStatus.REMOTE_ACCESS_ERROR),
            tuple(3L, CompletionStatus.FLUSHED),
            tuple(4L, CompletionStatus.FLUSHED));
    }

    @Test
    void shouldAcceptPostsInErrorAndFlushThem() {
        client.queuePair.modify(QueuePairState.ERROR);

        client.send(1, 0, 8);
        client.receive(2, 0, 8);
        server.send(3, 0, 8);
        server.receive(4, 0, 8);

        assertThat(Done.awaitOne(client.sends)).extracting(Done::wrId, Done::status)
            .containsExactly(1L, CompletionStatus.FLUSHED);
        assertThat(Done.awaitOne(client.receives)).extracting(Done::wrId, Done::status)
            .containsExactly(2L, CompletionStatus.FLUSHED);
        assertThat(Done.awaitOne(server.sends).status()).isEqualTo(CompletionStatus.FLUSHED);
        assertThat(Done.awaitOne(server.receives).status()).isEqualTo(CompletionStatus.FLUSHED);
    }

    @Test
    void shouldRefuseASecondDisconnect() {
        server.queuePair.disconnect();
        assertThatThrownBy(() -> client.queuePair.disconnect()).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.INVALID_STATE)).hasMessageContaining("ERROR");
    }

    @Test
    void shouldMoveOnlyAlongTheStateDiagramAndConnectAgainAfterReset() throws InterruptedException {
        assertThatThrownBy(() -> client.queuePair.modify(QueuePairState.INIT)).hasMessageContaining("RTS");
        assertThatThrownBy(() -> client.queuePair.modify(QueuePairState.RTS)).hasMessageContaining("connect");
        assertThat(client.queuePair.state()).isEqualTo(QueuePairState.RTS);
        client.receive(1, 0, 8);
        server.receive(2, 0, 8);

        client.queuePair.modify(QueuePairState.RESET);
        assertThat(client.queuePair.state()).isEqualTo(QueuePairState.RESET);
        assertThatThrownBy(() -> client.receive(3, 0, 8)).hasMessageContaining("state");
        client.queuePair.modify(QueuePairState.INIT);
        assertThat(Done.poll(client.receives)).as("a reset forgets").isEmpty();
        assertThat(server.queuePair.state()).isEqualTo(QueuePairState.ERROR);
        server.queuePair.modify(QueuePairState.RESET);
        server.queuePair.modify(QueuePairState.INIT);

        Pair.connect(client.queuePair, server.rnic, server.queuePair);
        assertThat(client.queuePair.sendSpace()).isEqualTo(64);
        assertThat(server.queuePair.receiveSpace()).isEqualTo(64);
        server.receive(5, 0, 8);
        client.send(6, 0, 8);
        assertThat(Done.awaitOne(server.receives).wrId()).isEqualTo(5);
        assertThat(Done.awaitOne(client.sends).wrId()).isEqualTo(6);
    }

    @Test
    void shouldDisconnectThePeerOfADestroyedQueuePairAndDropItsCompletions() {
        server.receive(1, 0, 8);
        client.send(2, 0, 8);
        Done.awaitOne(server.receives);
        server.receive(3, 0, 8);
        try (Side another = new Side(client.rnic, queues -> queues)) {
            assertThat(another.queuePair.state()).isEqualTo(QueuePairState.INIT);
        }
        assertThat(Done.poll(client.sends)).hasSize(1);
        client.send(4, 0, 8);
        client.queuePair.close();

        assertThat(Done.poll(client.sends)).as("unpolled completions vanish with their queue pair").isEmpty();
        assertThat(Done.await(server.receives, 1)).hasSize(1);
        assertThat(server.queuePair.state()).isEqualTo(QueuePairState.ERROR);
        assertThatThrownBy(() -> client.send(5, 0, 8)).hasMessageContaining("closed");
        assertThatThrownBy(() -> client.queuePair.close()).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.CLOSED));
        client.replaceQueuePair();
    }
}
