package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.SendRequest;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;

class TransferTest {
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair pair) {
        client = pair.client();
        server = pair.server();
    }

    private static byte[] pattern(final int length, final long seed) {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @EveryDoor
    void shouldPlaceASendIntoTheReceiveAndNowhereElse() {
        final byte[] message = pattern(100, 1);
        client.fill(10, message);
        server.receive(7, 1000, 200);

        client.send(8, 10, 100);

        assertThat(server.awaitReceive()).isEqualTo(new CompletedRequest(
            7, CompletionStatus.SUCCESS, CompletionOpcode.RECEIVE, 100, server.queuePair().number(), 0));
        assertThat(client.awaitSend()).isEqualTo(new CompletedRequest(
            8, CompletionStatus.SUCCESS, CompletionOpcode.SEND, 100, client.queuePair().number(), 0));
        assertThat(server.bytes(1000, 100)).isEqualTo(message);
        assertThat(server.bytes(0, 1000)).containsOnly(0);
        assertThat(server.bytes(1100, 1000)).containsOnly(0);
        assertThat(Completions.poll(server.sends())).isEmpty();
        assertThat(Completions.poll(client.receives())).isEmpty();
    }

    @EveryDoor
    void shouldWriteWithoutTheTargetNoticing() {
        final byte[] message = pattern(5000, 2);
        client.fill(0, message);

        client.write(1, 0, 5000, server.region().address() + 4000, server.region().rkey());

        assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
        client.awaitPlaced();
        assertThat(server.bytes(4000, 5000)).isEqualTo(message);
        assertThat(server.bytes(0, 4000)).containsOnly(0);
        assertThat(server.bytes(9000, 4000)).containsOnly(0);
        assertThat(Completions.poll(server.receives())).isEmpty();
    }

    @EveryDoor
    void shouldReadFromTheTarget() {
        final byte[] message = pattern(9000, 3);
        server.fill(123, message);

        client.read(1, 77, 9000, server.region().address() + 123, server.region().rkey());

        assertThat(client.awaitSend()).isEqualTo(new CompletedRequest(
            1, CompletionStatus.SUCCESS, CompletionOpcode.RDMA_READ, 9000, client.queuePair().number(), 0));
        assertThat(client.bytes(77, 9000)).isEqualTo(message);
        assertThat(client.bytes(0, 77)).containsOnly(0);
    }

    @EveryDoor
    void shouldShowWritesBeforeTheSendThatFollowsThem() {
        for (int i = 1; i <= 200; i++) {
            client.fill(0, new byte[] {(byte) i});
            server.receive(i, 100, 1);
            client.queuePair().postSend(
                new SendRequest().write(i, server.region().address(), server.region().rkey())
                    .sge(client.region(), 0, 1));
            client.send(i, 0, 0);
            server.awaitReceive();
            assertThat(server.bytes(0, 1)[0]).isEqualTo((byte) i);
            client.awaitSend();
        }
    }

    @EveryDoor
    void shouldMoveRandomPiecesAsAPlainCopyWould() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final byte[] model = new byte[Side.REGION_BYTES];
        client.fill(0, pattern(Side.REGION_BYTES, seed));
        for (int i = 0; i < 300; i++) {
            final int length = random.nextInt(20_000);
            final int from = random.nextInt(Side.REGION_BYTES - length);
            final int to = random.nextInt(Side.REGION_BYTES - length);
            final Side active = random.nextBoolean() ? client : server;
            if (active == client) {
                client.write(i, from, length, server.region().address() + to, server.region().rkey());
            } else {
                server.read(i, to, length, client.region().address() + from, client.region().rkey());
            }
            System.arraycopy(client.bytes(from, length), 0, model, to, length);
            assertThat(active.awaitSend().status()).as("seed %d", seed).isEqualTo(CompletionStatus.SUCCESS);
            if (active == client) {
                client.awaitPlaced();
            }
        }
        assertThat(server.bytes(0, Side.REGION_BYTES)).as("seed %d", seed).isEqualTo(model);
    }
}
