package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@ThroughEveryDoor
class TransferTest {
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

    private static byte[] pattern(final int length, final long seed) {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void shouldPlaceASendIntoTheReceiveAndNowhereElse() {
        final byte[] message = pattern(100, 1);
        client.fill(10, message);
        server.receive(7, 1000, 200);

        client.send(8, 10, 100);

        assertThat(Done.awaitOne(server.receives)).isEqualTo(new Done(
            7, CompletionStatus.SUCCESS, CompletionOpcode.RECEIVE, 100, server.queuePair.number(), 0));
        assertThat(Done.awaitOne(client.sends)).isEqualTo(new Done(
            8, CompletionStatus.SUCCESS, CompletionOpcode.SEND, 100, client.queuePair.number(), 0));
        assertThat(server.bytes(1000, 100)).isEqualTo(message);
        assertThat(server.bytes(0, 1000)).containsOnly(0);
        assertThat(server.bytes(1100, 1000)).containsOnly(0);
        assertThat(Done.poll(server.sends)).isEmpty();
        assertThat(Done.poll(client.receives)).isEmpty();
    }

    @Test
    void shouldWriteWithoutTheTargetNoticing() {
        final byte[] message = pattern(5000, 2);
        client.fill(0, message);

        client.write(1, 0, 5000, server.region.address() + 4000, server.region.rkey());

        assertThat(Done.awaitOne(client.sends).status()).isEqualTo(CompletionStatus.SUCCESS);
        assertThat(server.bytes(4000, 5000)).isEqualTo(message);
        assertThat(server.bytes(0, 4000)).containsOnly(0);
        assertThat(server.bytes(9000, 4000)).containsOnly(0);
        assertThat(Done.poll(server.receives)).isEmpty();
    }

    @Test
    void shouldReadFromTheTarget() {
        final byte[] message = pattern(9000, 3);
        server.fill(123, message);

        client.read(1, 77, 9000, server.region.address() + 123, server.region.rkey());

        assertThat(Done.awaitOne(client.sends)).isEqualTo(new Done(
            1, CompletionStatus.SUCCESS, CompletionOpcode.RDMA_READ, 9000, client.queuePair.number(), 0));
        assertThat(client.bytes(77, 9000)).isEqualTo(message);
        assertThat(client.bytes(0, 77)).containsOnly(0);
    }

    @Test
    void shouldGatherAndScatterInOrderAndSkipEmptyPieces() {
        client.fill(0, pattern(300, 4));
        final SendRequest send = new SendRequest().send(1)
            .sge(client.region, 0, 100).sge(0, 0, 0).sge(client.region, 150, 50).sge(client.region, 250, 50);
        final ReceiveRequest receive = new ReceiveRequest().receive(2)
            .sge(0, 0, 0).sge(server.region, 500, 30).sge(server.region, 1000, 160).sge(server.region, 2000, 1000);
        server.queuePair.postReceive(receive);

        client.queuePair.postSend(send);

        assertThat(Done.awaitOne(server.receives).byteLength()).isEqualTo(200);
        final byte[] sent = concat(client.bytes(0, 100), client.bytes(150, 50), client.bytes(250, 50));
        assertThat(concat(server.bytes(500, 30), server.bytes(1000, 160), server.bytes(2000, 10))).isEqualTo(sent);
        assertThat(server.bytes(530, 470)).containsOnly(0);
        assertThat(server.bytes(2010, 1000)).containsOnly(0);
    }

    private static byte[] concat(final byte[]... parts) {
        final byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (final byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @Test
    void shouldCarryInlineDataFromAnyMemoryAndNotLookAtItAgain() {
        final byte[] data = pattern(64, 5);
        final MemorySegment heap = MemorySegment.ofArray(data.clone());
        server.receive(1, 0, 64);

        client.queuePair.postSend(new SendRequest().send(1).inline(heap, 0, 64));
        heap.fill((byte) 0);

        Done.awaitOne(server.receives);
        assertThat(server.bytes(0, 64)).isEqualTo(data);

        client.queuePair.postSend(new SendRequest().write(2, server.region.address() + 100, server.region.rkey())
            .inline(MemorySegment.ofArray(data), 8, 8).signalled(true));
        Done.awaitOne(client.sends);
        assertThat(server.bytes(100, 9)).isEqualTo(Arrays.copyOf(Arrays.copyOfRange(data, 8, 16), 9));
    }

    @Test
    void shouldSendNothingAndStillConsumeAReceive() {
        server.receive(1, 0, 10);
        server.receive(2, 0, 10);

        client.queuePair.postSend(new SendRequest().send(1));
        client.send(2, 0, 1);

        assertThat(Done.await(server.receives, 2)).extracting(Done::wrId, Done::byteLength)
            .containsExactly(tuple(1L, 0), tuple(2L, 1));
    }

    @Test
    void shouldNotLookAtKeysOfEmptyWritesAndReads() {
        client.queuePair.postSend(new SendRequest().write(1, 12345, 0xDEAD).signalled(true));
        client.queuePair.postSend(new SendRequest().read(2, 12345, 0xDEAD).signalled(true));
        client.queuePair.postSend(new SendRequest().read(3, 12345, 0xDEAD).sge(99, 0, 99).signalled(true));

        assertThat(Done.await(client.sends, 3)).extracting(Done::status).containsOnly(CompletionStatus.SUCCESS);
    }

    @Test
    void shouldCompleteOnlySignalledRequestsUnlessTheQueueSignalsAll() throws InterruptedException {
        final SendRequest write =
            new SendRequest().write(1, server.region.address(), server.region.rkey()).sge(client.region, 0, 8);
        client.queuePair.postSend(write);
        client.write(2, 0, 8, server.region.address(), server.region.rkey());
        assertThat(Done.await(client.sends, 1)).extracting(Done::wrId).containsExactly(2L);
        assertThat(Done.poll(client.sends)).isEmpty();

        try (Pair all = new Pair(door.options(), queues -> queues.withSignalAll(true))) {
            all.client.queuePair.postSend(new SendRequest()
                .write(3, all.server.region.address(), all.server.region.rkey()).sge(all.client.region, 0, 8));
            assertThat(Done.awaitOne(all.client.sends).wrId()).isEqualTo(3);
        }
    }

    @Test
    void shouldCompleteInPostingOrderOverManyLaps() {
        final int rounds = 40;
        final int batch = 50;
        final SendRequest[] requests = new SendRequest[batch];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < batch; i++) {
                final long wrId = (long) round * batch + i;
                server.receive(wrId, 8L * i, 8);
                requests[i] = new SendRequest().send(wrId).sge(client.region, 8L * i, 8).signalled(true);
            }
            client.queuePair.postSend(requests, batch);
            final List<Long> expected = LongStream.range((long) round * batch, (round + 1L) * batch).boxed().toList();
            assertThat(Done.await(client.sends, batch)).extracting(Done::wrId).isEqualTo(expected);
            assertThat(Done.await(server.receives, batch)).extracting(Done::wrId).isEqualTo(expected);
        }
    }

    @Test
    void shouldShowWritesBeforeTheSendThatFollowsThem() {
        for (int i = 1; i <= 200; i++) {
            client.fill(0, new byte[] {(byte) i});
            server.receive(i, 100, 1);
            client.queuePair.postSend(
                new SendRequest().write(i, server.region.address(), server.region.rkey()).sge(client.region, 0, 1));
            client.send(i, 0, 0);
            Done.awaitOne(server.receives);
            assertThat(server.bytes(0, 1)[0]).isEqualTo((byte) i);
            Done.awaitOne(client.sends);
        }
    }

    @Test
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
                client.write(i, from, length, server.region.address() + to, server.region.rkey());
            } else {
                server.read(i, to, length, client.region.address() + from, client.region.rkey());
            }
            System.arraycopy(client.bytes(from, length), 0, model, to, length);
            assertThat(Done.awaitOne(active.sends).status()).as("seed %d", seed).isEqualTo(CompletionStatus.SUCCESS);
        }
        assertThat(server.bytes(0, Side.REGION_BYTES)).as("seed %d", seed).isEqualTo(model);
    }

    @Test
    void shouldReachMemoryBeyondFourGibibytes(@TempDir final Path folder) throws IOException {
        final long bytes = 5L << 30;
        final Access[] all = {Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.REMOTE_READ};
        try (Arena arena = Arena.ofShared();
            FileChannel file = FileChannel.open(folder.resolve("sparse"), StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final MemorySegment huge = file.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
            try (MemoryRegion region = server.domain.registerMemory(huge, all)) {
                final byte[] message = pattern(3000, 6);
                client.fill(0, message);
                client.write(1, 0, 3000, region.address() + bytes - 3000, region.rkey());
                client.read(2, 10_000, 3000, region.address() + bytes - 3000, region.rkey());
                assertThat(Done.await(client.sends, 2)).extracting(Done::status)
                    .containsOnly(CompletionStatus.SUCCESS);
                assertThat(client.bytes(10_000, 3000)).isEqualTo(message);
                assertThat(huge.asSlice(bytes - 3000).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(message);
            }
        }
    }
}
