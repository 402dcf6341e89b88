package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import org.junit.jupiter.api.BeforeEach;

/** A queue pair that is told to stop sending, and to go on. */
class DrainTest {
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair pair) throws InterruptedException {
        client = pair.client();
        server = pair.server();
    }

    private void write(final long wrId) {
        client.write(wrId, 0, 8, server.region().address(), server.region().rkey());
    }

    @EveryDoor
    void inSqdTheQueuePairShouldStillReceiveAndServe() {
        client.queuePair().modify(QueuePairState.SQD);
        client.receive(1, 0, 8);
        server.fill(0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        server.send(2, 0, 8);
        assertThat(Completions.awaitOne(client.receives()).wrId()).isEqualTo(1);
        assertThat(client.bytes(0, 8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        server.read(3, 100, 8, client.region().address(), client.region().rkey());
        server.write(4, 0, 8, client.region().address() + 200, client.region().rkey());
        assertThat(Completions.await(server.sends(), 3)).extracting(CompletedRequest::status)
            .containsOnly(CompletionStatus.SUCCESS);
        server.awaitPlaced();
        assertThat(server.bytes(100, 8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(client.bytes(200, 8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @EveryDoor
    void whatWaitsShouldBeFlushedInOrderWhenTheConnectionEnds() {
        client.queuePair().modify(QueuePairState.SQD);
        write(1);
        write(2);
        server.queuePair().disconnect();
        client.awaitState(QueuePairState.ERROR);
        assertThat(Completions.await(client.sends(), 2)).extracting(CompletedRequest::wrId).containsExactly(1L, 2L);
        expectRefused(RnicError.INVALID_STATE, () -> client.queuePair().modify(QueuePairState.RTS));
    }

    @EveryDoor
    void aQueuePairInSqdShouldBeDisconnectedAndReset() {
        client.queuePair().modify(QueuePairState.SQD);
        write(1);
        client.queuePair().disconnect();
        assertThat(Completions.awaitOne(client.sends()).status()).isEqualTo(CompletionStatus.FLUSHED);
        client.queuePair().modify(QueuePairState.RESET);
        client.queuePair().modify(QueuePairState.INIT);
        assertThat(client.queuePair().sendSpace()).isEqualTo(64);
    }

    @EveryDoor
    void aStepThatIsNotAllowedShouldChangeNothing() {
        expectRefused(RnicError.INVALID_STATE, () -> client.queuePair().modify(QueuePairState.RTS));
        expectRefused(RnicError.INVALID_STATE, () -> client.queuePair().modify(QueuePairState.INIT));
        client.queuePair().modify(QueuePairState.SQD);
        expectRefused(RnicError.INVALID_STATE, () -> client.queuePair().modify(QueuePairState.SQD));
        expectRefused(RnicError.INVALID_STATE, () -> client.queuePair().modify(QueuePairState.INIT));
        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.SQD);
        client.queuePair().modify(QueuePairState.RTS);
        write(1);
        assertThat(Completions.awaitOne(client.sends()).status()).isEqualTo(CompletionStatus.SUCCESS);
    }

    @EveryDoor
    void stoppingAndGoingOnShouldLoseNothingAndKeepTheOrder() {
        final int writes = 3_000;
        final SendRequest write = new SendRequest();
        long next = 0;
        for (int i = 0; i < writes; i++) {
            if (i % 10 == 0) {
                client.queuePair().modify(QueuePairState.SQD);
            }
            client.queuePair().postSend(write.write(i, server.region().address(), server.region().rkey())
                .sge(client.region(), 0, 8).signalled(true));
            if (i % 10 == 5) {
                client.queuePair().modify(QueuePairState.RTS);
            }
            if (i % 10 == 9) {
                for (final CompletedRequest done : Completions.await(client.sends(), 10)) {
                    assertThat(done.wrId()).isEqualTo(next++);
                }
            }
        }
        assertThat(next).isEqualTo(writes);
    }
}
