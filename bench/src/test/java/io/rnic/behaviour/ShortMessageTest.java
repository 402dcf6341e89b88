package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * Messages so short that a NIC may carry them in the completion: what the application sees is the same as with long
 * ones, once it has polled.
 */
@ThroughEveryDoor
class ShortMessageTest {
    private static final int RECEIVE_AT = 4096;
    private static final byte FILLER = (byte) 0xA5;

    @Parameter
    private Door door;

    private Pair pair;
    /** Nobody else reaches it: such a region's messages may come in completions. */
    private MemoryRegion inbox;

    @BeforeEach
    void connect() throws InterruptedException {
        pair = new Pair(door);
        inbox = pair.server.register(Side.REGION_BYTES, Access.LOCAL_WRITE);
        inbox.segment().fill(FILLER);
    }

    @AfterEach
    void close() {
        inbox.close();
        pair.close();
    }

    private void receive(final long wrId, final long offset, final int length) {
        pair.server.queuePair.postReceive(new ReceiveRequest().receive(wrId).sge(inbox, offset, length));
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
        pair.client.fill(100, message);
        pair.client.send(1, 100, message.length);
        assertThat(Done.awaitOne(pair.client.sends).status()).isEqualTo(CompletionStatus.SUCCESS);
    }

    private static byte[] filler(final int length) {
        final byte[] bytes = new byte[length];
        Arrays.fill(bytes, FILLER);
        return bytes;
    }

    @Test
    void shouldPlaceMessagesOfEveryShortLengthAndNothingBeyond() {
        for (int length = 0; length <= 130; length++) {
            inbox.segment().fill(FILLER);
            receive(length, RECEIVE_AT, 130);
            final byte[] message = message(length, length);
            send(message);
            final Done done = Done.awaitOne(pair.server.receives);
            assertThat(done.byteLength()).isEqualTo(length);
            assertThat(done.wrId()).isEqualTo(length);
            assertThat(received(RECEIVE_AT, length)).isEqualTo(message);
            assertThat(received(RECEIVE_AT - 8, 8)).isEqualTo(filler(8));
            assertThat(received(RECEIVE_AT + length, 8)).isEqualTo(filler(8));
        }
    }

    @Test
    void shouldPlaceEachOfManyMessagesIntoItsOwnReceive() {
        for (int round = 0; round < 100; round++) {
            for (int i = 0; i < 50; i++) {
                receive(i, RECEIVE_AT + i * 64L, 64);
            }
            for (int i = 0; i < 50; i++) {
                send(message(i % 45, round + i));
            }
            final List<Done> done = Done.await(pair.server.receives, 50);
            for (int i = 0; i < 50; i++) {
                assertThat(done.get(i).wrId()).isEqualTo(i);
                assertThat(received(RECEIVE_AT + i * 64L, i % 45)).isEqualTo(message(i % 45, round + i));
            }
        }
    }

    @Test
    void shouldPlaceAMessageIntoPiecesThatAreShorterYet() {
        pair.server.queuePair.postReceive(new ReceiveRequest().receive(1).sge(inbox, RECEIVE_AT, 5)
            .sge(inbox, RECEIVE_AT + 100, 0).sge(inbox, RECEIVE_AT + 200, 50));
        send(message(20, 3));
        assertThat(Done.awaitOne(pair.server.receives).byteLength()).isEqualTo(20);
        assertThat(received(RECEIVE_AT, 5)).isEqualTo(Arrays.copyOfRange(message(20, 3), 0, 5));
        assertThat(received(RECEIVE_AT + 100, 8)).isEqualTo(filler(8));
        assertThat(received(RECEIVE_AT + 200, 15)).isEqualTo(Arrays.copyOfRange(message(20, 3), 5, 20));
    }

    @Test
    void shouldPlaceAMessageWhereAnAddressSays() {
        pair.server.queuePair.postReceive(
            new ReceiveRequest().receive(1).sge(inbox.address() + RECEIVE_AT, 64, inbox.lkey()));
        send(message(30, 4));
        assertThat(Done.awaitOne(pair.server.receives).byteLength()).isEqualTo(30);
        assertThat(received(RECEIVE_AT, 30)).isEqualTo(message(30, 4));
    }

    @Test
    void shouldPlaceAnInlineMessageAndOneOfPieces() {
        receive(1, RECEIVE_AT, 64);
        receive(2, RECEIVE_AT + 64, 64);
        pair.client.queuePair.postSend(
            new SendRequest().send(1).inline(MemorySegment.ofArray(message(16, 5)), 0, 16).signalled(true));
        pair.client.fill(0, message(12, 6));
        pair.client.queuePair.postSend(new SendRequest().send(2).sge(pair.client.region, 0, 4)
            .sge(pair.client.region, 4, 8).signalled(true));
        Done.await(pair.client.sends, 2);
        Done.await(pair.server.receives, 2);
        assertThat(received(RECEIVE_AT, 16)).isEqualTo(message(16, 5));
        assertThat(received(RECEIVE_AT + 64, 12)).isEqualTo(message(12, 6));
    }

    @Test
    void shouldHavePlacedAMessageWhenItsRegionIsGoneAndPlaceNothingAfterwards() {
        final MemoryRegion region = pair.server.register(128, Access.LOCAL_WRITE);
        final MemorySegment memory = region.segment();
        pair.server.queuePair.postReceive(new ReceiveRequest().receive(7).sge(region, 16, 64));
        receive(8, RECEIVE_AT, 64);
        send(message(24, 9));
        send(message(24, 10));
        region.close();
        assertThat(memory.asSlice(16, 24).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(message(24, 9));
        memory.fill(FILLER);
        final List<Done> done = Done.await(pair.server.receives, 2);
        assertThat(done).extracting(Done::wrId).containsExactly(7L, 8L);
        assertThat(done).extracting(Done::status).containsOnly(CompletionStatus.SUCCESS);
        assertThat(done).extracting(Done::byteLength).containsOnly(24);
        assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).as("used for something else by now")
            .isEqualTo(filler(128));
        assertThat(received(RECEIVE_AT, 24)).as("another region").isEqualTo(message(24, 10));
    }

    @Test
    void shouldLetAHandlerDeregisterTheRegionOfTheNextMessage() {
        final MemoryRegion region = pair.server.register(128, Access.LOCAL_WRITE);
        final MemorySegment memory = region.segment();
        receive(1, RECEIVE_AT, 64);
        pair.server.queuePair.postReceive(new ReceiveRequest().receive(2).sge(region, 0, 64));
        send(message(8, 1));
        send(message(8, 2));
        Done.awaitOneWith(pair.server.receives, completion -> region.close());
        assertThat(memory.asSlice(0, 8).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(message(8, 2));
        assertThat(Done.awaitOne(pair.server.receives).wrId()).isEqualTo(2);
    }

    @Test
    void shouldRefuseAShortMessageIntoARegionThatIsGone() {
        final MemoryRegion region = pair.server.register(128, Access.LOCAL_WRITE);
        pair.server.queuePair.postReceive(new ReceiveRequest().receive(7).sge(region, 0, 64));
        region.close();
        pair.client.send(1, 0, 8);
        assertThat(Done.awaitOne(pair.client.sends).status()).isEqualTo(CompletionStatus.REMOTE_OPERATION_ERROR);
        assertThat(Done.awaitOne(pair.server.receives).status()).isEqualTo(CompletionStatus.LOCAL_PROTECTION_ERROR);
    }

    @Test
    void shouldRefuseAShortMessageThatIsLongerThanItsReceive() {
        receive(7, RECEIVE_AT, 8);
        pair.client.send(1, 0, 9);
        assertThat(Done.awaitOne(pair.client.sends).status())
            .isEqualTo(CompletionStatus.REMOTE_INVALID_REQUEST_ERROR);
        assertThat(Done.awaitOne(pair.server.receives).status()).isEqualTo(CompletionStatus.LOCAL_LENGTH_ERROR);
    }

    @Test
    void shouldHavePlacedAMessageBeforeItsSenderReadsIt() {
        final long address = pair.server.region.address() + RECEIVE_AT;
        pair.server.receive(7, RECEIVE_AT, 64);
        send(message(32, 3));
        pair.client.read(2, 0, 32, address, pair.server.region.rkey());
        assertThat(Done.awaitOne(pair.client.sends).status()).isEqualTo(CompletionStatus.SUCCESS);
        assertThat(pair.client.bytes(0, 32)).isEqualTo(message(32, 3));
        assertThat(Done.awaitOne(pair.server.receives).byteLength()).isEqualTo(32);
    }

    @Test
    void shouldHavePlacedAMessageBeforeItsSenderWritesOverIt() {
        final long address = pair.server.region.address() + RECEIVE_AT;
        pair.server.receive(7, RECEIVE_AT, 64);
        send(message(32, 3));
        pair.client.fill(200, message(32, 4));
        pair.client.write(2, 200, 32, address, pair.server.region.rkey());
        assertThat(Done.awaitOne(pair.client.sends).status()).isEqualTo(CompletionStatus.SUCCESS);
        assertThat(Done.awaitOne(pair.server.receives).byteLength()).isEqualTo(32);
        assertThat(pair.server.bytes(RECEIVE_AT, 32)).isEqualTo(message(32, 4));
    }

    @Test
    void shouldTakeNoMoreReceivesThanItHoldsWhenAHandlerOutlastsAReset() throws Exception {
        for (int i = 0; i < 64; i++) {
            receive(i, RECEIVE_AT + i * 64L, 64);
        }
        for (int i = 0; i < 4; i++) {
            send(message(8, i));
        }
        final CountDownLatch inHandler = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        final Thread poller = Thread.ofPlatform().start(() -> pair.server.receives.poll(completion -> {
            inHandler.countDown();
            awaitQuietly(goOn);
        }, 64));
        inHandler.await();
        final Thread resetter = Thread.ofPlatform().start(() -> pair.server.queuePair.modify(QueuePairState.RESET));
        goOn.countDown();
        poller.join();
        resetter.join();
        pair.server.queuePair.modify(QueuePairState.INIT);
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
