package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Messages so short that a NIC may carry them in the completion: what the application sees is the same as with long
 * ones, once it has polled.
 */
class ShortMessageTest {
    private static final int RECEIVE_AT = 4096;
    private static final byte FILLER = (byte) 0xA5;

    private ConnectedPair pair;
    private Side client;
    private Side server;
    /** Nobody else reaches it: such a region's messages may come in completions. */
    private MemoryRegion inbox;

    @BeforeEach
    void connect(final ConnectedPair pair) {
        this.pair = pair;
        client = pair.client();
        server = pair.server();
        inbox = server.register(Side.REGION_BYTES, Access.LOCAL_WRITE);
        inbox.segment().fill(FILLER);
    }

    @AfterEach
    void close() {
        inbox.close();
    }

    private void receive(final long wrId, final long offset, final int length) {
        server.queuePair().postReceive(new ReceiveRequest().receive(wrId).sge(inbox, offset, length));
    }

    private byte[] received(final long offset, final int length) {
        return inbox.segment().asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] message(final int length, final int seed) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + seed);
        }
        return bytes;
    }

    private void send(final byte[] message) {
        client.fill(100, message);
        client.send(1, 100, message.length);
        assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
    }

    private static byte[] filler(final int length) {
        final byte[] bytes = new byte[length];
        Arrays.fill(bytes, FILLER);
        return bytes;
    }

    @EveryDoor
    void shouldPlaceMessagesOfEveryShortLengthAndNothingBeyond() {
        for (int length = 0; length <= 130; length++) {
            inbox.segment().fill(FILLER);
            receive(length, RECEIVE_AT, 130);
            final byte[] message = message(length, length);
            send(message);
            final CompletedRequest done = server.awaitReceive();
            assertThat(done.byteLength()).isEqualTo(length);
            assertThat(done.wrId()).isEqualTo(length);
            assertThat(received(RECEIVE_AT, length)).isEqualTo(message);
            assertThat(received(RECEIVE_AT - 8, 8)).isEqualTo(filler(8));
            assertThat(received(RECEIVE_AT + length, 8)).isEqualTo(filler(8));
        }
    }

    @EveryDoor
    void shouldPlaceEachOfManyMessagesIntoItsOwnReceive() {
        for (int round = 0; round < 30; round++) {
            for (int i = 0; i < 50; i++) {
                receive(i, RECEIVE_AT + i * 64L, 64);
            }
            for (int i = 0; i < 50; i++) {
                send(message(i % 45, round + i));
            }
            final List<CompletedRequest> done = Completions.await(server.receives(), 50);
            for (int i = 0; i < 50; i++) {
                assertThat(done.get(i).wrId()).isEqualTo(i);
                assertThat(received(RECEIVE_AT + i * 64L, i % 45)).isEqualTo(message(i % 45, round + i));
            }
        }
    }

    @EveryDoor
    void shouldPlaceAMessageIntoPiecesThatAreShorterYet() {
        server.queuePair().postReceive(new ReceiveRequest().receive(1).sge(inbox, RECEIVE_AT, 5)
            .sge(inbox, RECEIVE_AT + 100, 0).sge(inbox, RECEIVE_AT + 200, 50));
        send(message(20, 3));
        assertThat(server.awaitReceive().byteLength()).isEqualTo(20);
        assertThat(received(RECEIVE_AT, 5)).isEqualTo(Arrays.copyOfRange(message(20, 3), 0, 5));
        assertThat(received(RECEIVE_AT + 100, 8)).isEqualTo(filler(8));
        assertThat(received(RECEIVE_AT + 200, 15)).isEqualTo(Arrays.copyOfRange(message(20, 3), 5, 20));
    }

    @EveryDoor
    void shouldPlaceAMessageWhereAnAddressSays() {
        server.queuePair().postReceive(
            new ReceiveRequest().receive(1).sge(inbox.address() + RECEIVE_AT, 64, inbox.lkey()));
        send(message(30, 4));
        assertThat(server.awaitReceive().byteLength()).isEqualTo(30);
        assertThat(received(RECEIVE_AT, 30)).isEqualTo(message(30, 4));
    }

    @EveryDoor
    void shouldPlaceAnInlineMessageAndOneOfPieces() {
        receive(1, RECEIVE_AT, 64);
        receive(2, RECEIVE_AT + 64, 64);
        client.queuePair().postSend(
            new SendRequest().send(1).inline(MemorySegment.ofArray(message(16, 5)), 0, 16).signalled(true));
        client.fill(0, message(12, 6));
        client.queuePair().postSend(new SendRequest().send(2).sge(client.region(), 0, 4)
            .sge(client.region(), 4, 8).signalled(true));
        Completions.await(client.sends(), 2);
        Completions.await(server.receives(), 2);
        assertThat(received(RECEIVE_AT, 16)).isEqualTo(message(16, 5));
        assertThat(received(RECEIVE_AT + 64, 12)).isEqualTo(message(12, 6));
    }

    @EveryDoor
    void shouldHavePlacedAMessageWhenItsRegionIsGoneAndPlaceNothingAfterwards() {
        final MemoryRegion region = server.register(128, Access.LOCAL_WRITE);
        final MemorySegment memory = region.segment();
        server.queuePair().postReceive(new ReceiveRequest().receive(7).sge(region, 16, 64));
        receive(8, RECEIVE_AT, 64);
        send(message(24, 9));
        send(message(24, 10));
        client.awaitPlaced();
        region.close();
        assertThat(memory.asSlice(16, 24).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(message(24, 9));
        memory.fill(FILLER);
        final List<CompletedRequest> done = Completions.await(server.receives(), 2);
        assertThat(done).extracting(CompletedRequest::wrId).containsExactly(7L, 8L);
        assertThat(done).extracting(CompletedRequest::status).containsOnly(CompletionStatus.SUCCESS);
        assertThat(done).extracting(CompletedRequest::byteLength).containsOnly(24);
        assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).as("used for something else by now")
            .isEqualTo(filler(128));
        assertThat(received(RECEIVE_AT, 24)).as("another region").isEqualTo(message(24, 10));
    }

    @EveryDoor
    void shouldLetAHandlerDeregisterTheRegionOfTheNextMessage() {
        final MemoryRegion region = server.register(128, Access.LOCAL_WRITE);
        final MemorySegment memory = region.segment();
        receive(1, RECEIVE_AT, 64);
        server.queuePair().postReceive(new ReceiveRequest().receive(2).sge(region, 0, 64));
        send(message(8, 1));
        send(message(8, 2));
        client.awaitPlaced();
        Completions.awaitOne(server.receives(), completion -> region.close());
        assertThat(memory.asSlice(0, 8).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(message(8, 2));
        assertThat(server.awaitReceive().wrId()).isEqualTo(2);
    }

    @EveryDoor
    void shouldRefuseAShortMessageIntoARegionThatIsGone() {
        final MemoryRegion region = server.register(128, Access.LOCAL_WRITE);
        server.queuePair().postReceive(new ReceiveRequest().receive(7).sge(region, 0, 64));
        region.close();
        client.send(1, 0, 8);
        expectRefused(CompletionStatus.REMOTE_OPERATION_ERROR, 1, 0, 0);
        assertThat(server.awaitReceive().status()).isEqualTo(CompletionStatus.LOCAL_PROTECTION_ERROR);
    }

    /** The request says so, or over TCP, where it was done before, the diagnosis alone. */
    private CompletedRequest expectRefused(
        final CompletionStatus status, final int layer, final int errorType, final int errorCode) {
        final CompletedRequest sent = client.awaitSend();
        if (pair.acknowledges()) {
            assertThat(sent).hasStatus(status).hasTerminate(layer, errorType, errorCode);
        }
        assertThat(client.awaitDiagnosis().terminate())
            .isEqualTo(0x10000 | layer << 12 | errorType << 8 | errorCode);
        return sent;
    }

    @EveryDoor
    @SuppressWarnings("MustBeClosed") // closed in the middle
    void shouldRefuseAShortMessageIntoMemoryWhoseArenaIsClosed() throws InterruptedException {
        for (int length = 1; length <= 48; length++) {
            final Arena arena = Arena.ofShared();
            try (MemoryRegion region = server.domain().registerMemory(arena.allocate(64), Access.LOCAL_WRITE)) {
                server.queuePair().postReceive(new ReceiveRequest().receive(1).sge(region, 0, 64));
                server.queuePair().postReceive(new ReceiveRequest().receive(2).sge(region, 0, 64));
                client.send(3, 0, length);
                assertThat(server.awaitReceive()).hasWrId(1).succeeded();
                client.awaitSend();
                arena.close();

                client.send(4, 0, length);

                assertThat(server.awaitReceive()).hasWrId(2).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
                assertThat(expectRefused(CompletionStatus.REMOTE_OPERATION_ERROR, 1, 0, 0)).hasWrId(4);
                pair.reconnect();
            }
        }
    }

    @EveryDoor
    void shouldRefuseAShortMessageThatIsLongerThanItsReceive() {
        receive(7, RECEIVE_AT, 8);
        client.send(1, 0, 9);
        expectRefused(CompletionStatus.REMOTE_INVALID_REQUEST_ERROR, 1, 2, 5);
        assertThat(server.awaitReceive().status()).isEqualTo(CompletionStatus.LOCAL_LENGTH_ERROR);
    }

    @EveryDoor
    void shouldHavePlacedAMessageBeforeItsSenderReadsIt() {
        final long address = server.region().address() + RECEIVE_AT;
        server.receive(7, RECEIVE_AT, 64);
        send(message(32, 3));
        client.read(2, 0, 32, address, server.region().rkey());
        assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
        assertThat(client.bytes(0, 32)).isEqualTo(message(32, 3));
        assertThat(server.awaitReceive().byteLength()).isEqualTo(32);
    }

    @EveryDoor
    void shouldHavePlacedAMessageBeforeItsSenderWritesOverIt() {
        final long address = server.region().address() + RECEIVE_AT;
        server.receive(7, RECEIVE_AT, 64);
        send(message(32, 3));
        client.fill(200, message(32, 4));
        client.write(2, 200, 32, address, server.region().rkey());
        assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
        client.awaitPlaced();
        assertThat(server.awaitReceive().byteLength()).isEqualTo(32);
        assertThat(server.bytes(RECEIVE_AT, 32)).isEqualTo(message(32, 4));
    }

    @EveryDoor
    void shouldTakeNoMoreReceivesThanItHoldsWhenAHandlerOutlastsAReset() throws Exception {
        for (int i = 0; i < 64; i++) {
            receive(i, RECEIVE_AT + i * 64L, 64);
        }
        for (int i = 0; i < 4; i++) {
            send(message(8, i));
        }
        client.awaitPlaced();
        final CountDownLatch inHandler = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        final Thread poller = Thread.ofPlatform().start(() -> server.receives().poll(completion -> {
            inHandler.countDown();
            awaitQuietly(goOn);
        }, 64));
        inHandler.await();
        final Thread resetter = Thread.ofPlatform().start(() -> server.queuePair().modify(QueuePairState.RESET));
        goOn.countDown();
        poller.join();
        resetter.join();
        server.queuePair().modify(QueuePairState.INIT);
        for (int i = 0; i < 64; i++) {
            receive(i, RECEIVE_AT, 64);
        }
        assertThatThrownBy(() -> receive(64, RECEIVE_AT, 64)).isInstanceOf(PostException.class);
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
