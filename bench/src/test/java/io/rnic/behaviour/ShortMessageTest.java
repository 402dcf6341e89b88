package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
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

    @BeforeEach
    void connect() throws InterruptedException {
        pair = new Pair(door);
        pair.server.memory().fill(FILLER);
    }

    @AfterEach
    void close() {
        pair.close();
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
            pair.server.memory().fill(FILLER);
            pair.server.receive(length, RECEIVE_AT, 130);
            final byte[] message = message(length, length);
            send(message);
            final Done done = Done.awaitOne(pair.server.receives);
            assertThat(done.byteLength()).isEqualTo(length);
            assertThat(done.wrId()).isEqualTo(length);
            assertThat(pair.server.bytes(RECEIVE_AT, length)).isEqualTo(message);
            assertThat(pair.server.bytes(RECEIVE_AT - 8, 8)).isEqualTo(filler(8));
            assertThat(pair.server.bytes(RECEIVE_AT + length, 8)).isEqualTo(filler(8));
        }
    }

    @Test
    void shouldPlaceEachOfManyMessagesIntoItsOwnReceive() {
        for (int round = 0; round < 100; round++) {
            for (int i = 0; i < 50; i++) {
                pair.server.receive(i, RECEIVE_AT + i * 64L, 64);
            }
            for (int i = 0; i < 50; i++) {
                send(message(i % 45, round + i));
            }
            final List<Done> done = Done.await(pair.server.receives, 50);
            for (int i = 0; i < 50; i++) {
                assertThat(done.get(i).wrId()).isEqualTo(i);
                assertThat(pair.server.bytes(RECEIVE_AT + i * 64L, i % 45)).isEqualTo(message(i % 45, round + i));
            }
        }
    }

    @Test
    void shouldPlaceAMessageIntoPiecesThatAreShorterYet() {
        pair.server.queuePair.postReceive(new ReceiveRequest().receive(1).sge(pair.server.region, RECEIVE_AT, 5)
            .sge(pair.server.region, RECEIVE_AT + 100, 0).sge(pair.server.region, RECEIVE_AT + 200, 50));
        send(message(20, 3));
        assertThat(Done.awaitOne(pair.server.receives).byteLength()).isEqualTo(20);
        assertThat(pair.server.bytes(RECEIVE_AT, 5)).isEqualTo(Arrays.copyOfRange(message(20, 3), 0, 5));
        assertThat(pair.server.bytes(RECEIVE_AT + 100, 8)).isEqualTo(filler(8));
        assertThat(pair.server.bytes(RECEIVE_AT + 200, 15)).isEqualTo(Arrays.copyOfRange(message(20, 3), 5, 20));
    }

    @Test
    void shouldPlaceAMessageWhereAnAddressSays() {
        final MemoryRegion region = pair.server.region;
        pair.server.queuePair.postReceive(
            new ReceiveRequest().receive(1).sge(region.address() + RECEIVE_AT, 64, region.lkey()));
        send(message(30, 4));
        assertThat(Done.awaitOne(pair.server.receives).byteLength()).isEqualTo(30);
        assertThat(pair.server.bytes(RECEIVE_AT, 30)).isEqualTo(message(30, 4));
    }

    @Test
    void shouldPlaceAnInlineMessageAndOneOfPieces() {
        pair.server.receive(1, RECEIVE_AT, 64);
        pair.server.receive(2, RECEIVE_AT + 64, 64);
        pair.client.queuePair.postSend(
            new SendRequest().send(1).inline(MemorySegment.ofArray(message(16, 5)), 0, 16).signalled(true));
        pair.client.fill(0, message(12, 6));
        pair.client.queuePair.postSend(new SendRequest().send(2).sge(pair.client.region, 0, 4)
            .sge(pair.client.region, 4, 8).signalled(true));
        Done.await(pair.client.sends, 2);
        Done.await(pair.server.receives, 2);
        assertThat(pair.server.bytes(RECEIVE_AT, 16)).isEqualTo(message(16, 5));
        assertThat(pair.server.bytes(RECEIVE_AT + 64, 12)).isEqualTo(message(12, 6));
    }

    @Test
    void shouldHavePlacedAMessageWhenItsRegionIsGoneAndPlaceNothingAfterwards() {
        final MemoryRegion region = pair.server.register(128, Access.LOCAL_WRITE);
        final MemorySegment memory = region.segment();
        pair.server.queuePair.postReceive(new ReceiveRequest().receive(7).sge(region, 16, 64));
        pair.server.receive(8, RECEIVE_AT, 64);
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
        assertThat(pair.server.bytes(RECEIVE_AT, 24)).as("another region").isEqualTo(message(24, 10));
    }

    @Test
    void shouldLetAHandlerDeregisterTheRegionOfTheNextMessage() {
        final MemoryRegion region = pair.server.register(128, Access.LOCAL_WRITE);
        final MemorySegment memory = region.segment();
        pair.server.receive(1, RECEIVE_AT, 64);
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
        pair.server.receive(7, RECEIVE_AT, 8);
        pair.client.send(1, 0, 9);
        assertThat(Done.awaitOne(pair.client.sends).status())
            .isEqualTo(CompletionStatus.REMOTE_INVALID_REQUEST_ERROR);
        assertThat(Done.awaitOne(pair.server.receives).status()).isEqualTo(CompletionStatus.LOCAL_LENGTH_ERROR);
    }
}
