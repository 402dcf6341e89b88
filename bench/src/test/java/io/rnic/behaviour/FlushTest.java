package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import org.junit.jupiter.api.BeforeEach;

/** What happens to requests when a connection ends. */
class FlushTest {
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair pair) {
        client = pair.client();
        server = pair.server();
    }

    @EveryDoor
    void shouldMoveOnlyAlongTheStateDiagramAndConnectAgainAfterReset() throws InterruptedException {
        assertThatThrownBy(() -> client.queuePair().modify(QueuePairState.INIT)).hasMessageContaining("RTS");
        assertThatThrownBy(() -> client.queuePair().modify(QueuePairState.RTS)).hasMessageContaining("connect");
        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.RTS);
        client.receive(1, 0, 8);
        server.receive(2, 0, 8);

        client.queuePair().modify(QueuePairState.RESET);
        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.RESET);
        assertThatThrownBy(() -> client.receive(3, 0, 8)).hasMessageContaining("state");
        client.queuePair().modify(QueuePairState.INIT);
        assertThat(Completions.poll(client.receives())).as("a reset forgets").isEmpty();
        server.awaitState(QueuePairState.ERROR);
        server.queuePair().modify(QueuePairState.RESET);
        server.queuePair().modify(QueuePairState.INIT);

        ConnectedPair.connect(client.queuePair(), server.rnic(), server.queuePair());
        assertThat(client.queuePair().sendSpace()).isEqualTo(64);
        assertThat(server.queuePair().receiveSpace()).isEqualTo(64);
        server.receive(5, 0, 8);
        client.send(6, 0, 8);
        assertThat(server.awaitReceive().wrId()).isEqualTo(5);
        assertThat(client.awaitSend().wrId()).isEqualTo(6);
    }

    @EveryDoor
    void shouldDisconnectThePeerOfADestroyedQueuePairAndDropItsCompletions() {
        server.receive(1, 0, 8);
        client.send(2, 0, 8);
        server.awaitReceive();
        server.receive(3, 0, 8);
        try (Side another = Side.of(client.rnic())) {
            assertThat(another.queuePair().state()).isEqualTo(QueuePairState.INIT);
        }
        assertThat(Completions.poll(client.sends())).hasSize(1);
        client.send(4, 0, 8);
        client.queuePair().close();

        assertThat(Completions.poll(client.sends())).as("unpolled completions vanish with their queue pair").isEmpty();
        assertThat(Completions.await(server.receives(), 1)).hasSize(1);
        server.awaitState(QueuePairState.ERROR);
        assertThatThrownBy(() -> client.send(5, 0, 8)).hasMessageContaining("closed");
        expectRefused(RnicError.CLOSED, () -> client.queuePair().close());
    }
}
