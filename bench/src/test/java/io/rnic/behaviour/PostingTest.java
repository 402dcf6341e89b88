package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.PostException;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** What a post refuses, and that what was refused leaves no trace. */
@ThroughEveryDoor
class PostingTest {
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

    private static void expect(final RnicError error, final int index, final ThrowingCallable post) {
        assertThatThrownBy(post).isInstanceOfSatisfying(PostException.class, e -> {
            assertThat(e.error()).isEqualTo(error);
            assertThat(e.index()).isEqualTo(index);
        });
    }

    private SendRequest write(final long wrId) {
        return new SendRequest().write(wrId, server.region.address(), server.region.rkey())
            .sge(client.region, 0, 8).signalled(true);
    }

    @Test
    void shouldRefuseASendBeforeItIsConnectedAndAllowAReceive() {
        try (Side fresh = new Side(client.rnic, queues -> queues)) {
            assertThat(fresh.queuePair.state()).isEqualTo(QueuePairState.INIT);
            expect(RnicError.INVALID_STATE, 0, () -> fresh.send(1, 0, 8));
            fresh.receive(2, 0, 8);
            assertThat(fresh.queuePair.receiveSpace()).isEqualTo(63);
            assertThat(fresh.queuePair.sendSpace()).isEqualTo(64);
        }
    }

    @Test
    void shouldRefuseOneReceiveMoreThanItHoldsAndKeepTheOthers() {
        for (int i = 0; i < 64; i++) {
            server.receive(i, 0, 8);
        }
        expect(RnicError.QUEUE_FULL, 0, () -> server.receive(64, 0, 8));
        assertThat(server.queuePair.receiveSpace()).isZero();

        client.send(1, 0, 8);
        assertThat(Done.awaitOne(server.receives).wrId()).isZero();
        server.receive(65, 0, 8);
        expect(RnicError.QUEUE_FULL, 0, () -> server.receive(66, 0, 8));
    }

    @Test
    void shouldFreeSendSlotsByPolledCompletionsOnly() {
        for (int i = 0; i < 64; i++) {
            client.queuePair.postSend(write(i).signalled(i == 62));
        }
        expect(RnicError.QUEUE_FULL, 0, () -> client.queuePair.postSend(write(64)));
        assertThat(client.queuePair.sendSpace()).isZero();

        assertThat(Done.awaitOne(client.sends).wrId()).isEqualTo(62);
        assertThat(client.queuePair.sendSpace()).as("all up to the completed one are free").isEqualTo(63);
        client.queuePair.postSend(write(65));
        assertThat(Done.awaitOne(client.sends).wrId()).isEqualTo(65);
        assertThat(client.queuePair.sendSpace()).isEqualTo(64);
    }

    @Test
    void shouldStopAListAtTheFirstBadRequestAndPostThoseBeforeIt() {
        final SendRequest bad = write(3).sge(client.region, 0, 1).sge(client.region, 0, 1).sge(client.region, 0, 1)
            .sge(client.region, 0, 1);
        expect(RnicError.INVALID_ARGUMENT, 2,
            () -> client.queuePair.postSend(new SendRequest[] {write(1), write(2), bad, write(4)}, 4));
        assertThat(Done.await(client.sends, 2)).extracting(Done::wrId).containsExactly(1L, 2L);
        assertThat(client.queuePair.sendSpace()).isEqualTo(64);

        final ReceiveRequest[] receives = new ReceiveRequest[70];
        for (int i = 0; i < 70; i++) {
            receives[i] = new ReceiveRequest().receive(i).sge(server.region, 0, 8);
        }
        expect(RnicError.QUEUE_FULL, 64, () -> server.queuePair.postReceive(receives, 70));
        assertThat(server.queuePair.receiveSpace()).isZero();
    }

    @Test
    void shouldPostListsLongerThanACrossingCarries() throws InterruptedException {
        try (Pair big = new Pair(door.options(), queues -> queues.withRequests(4000, 4000).withInlineBytes(512))) {
            final MemorySegment data = MemorySegment.ofArray(new byte[512]);
            final SendRequest[] requests = new SendRequest[4000];
            for (int i = 0; i < requests.length; i++) {
                requests[i] = new SendRequest()
                    .write(i, big.server.region.address() + i, big.server.region.rkey()).inline(data, 0, 1 + i % 512);
            }
            requests[3999].signalled(true);
            big.client.queuePair.postSend(requests, 4000);
            assertThat(Done.awaitOne(big.client.sends).wrId()).isEqualTo(3999);
            assertThat(big.client.queuePair.sendSpace()).isEqualTo(4000);
        }
    }

    @Test
    void shouldRefuseTooManyPieces() {
        final SendRequest send = new SendRequest().send(1);
        final ReceiveRequest receive = new ReceiveRequest().receive(1);
        for (int i = 0; i < 5; i++) {
            send.sge(client.region, 0, 1);
            receive.sge(server.region, 0, 1);
        }
        expect(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair.postSend(send));
        expect(RnicError.INVALID_ARGUMENT, 0, () -> server.queuePair.postReceive(receive));
        for (int i = 0; i < 5000; i++) {
            send.sge(client.region, 0, 1);
        }
        expect(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair.postSend(send));
    }

    @Test
    void shouldRefuseAReadWithTwoSinksOrInlineData() {
        final SendRequest read = new SendRequest().read(1, server.region.address(), server.region.rkey());
        expect(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair.postSend(read.sge(client.region, 0, 8).sge(client.region, 8, 8)));
        expect(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair.postSend(
            new SendRequest().read(1, server.region.address(), server.region.rkey())
                .inline(MemorySegment.ofArray(new byte[8]), 0, 8)));
    }

    @Test
    void shouldRefuseLengthsThatAreNone() {
        expect(RnicError.INVALID_ARGUMENT, 0, () -> client.send(1, 0, -1));
        expect(RnicError.INVALID_ARGUMENT, 0, () -> client.send(1, 0, Integer.MIN_VALUE));
        expect(RnicError.INVALID_ARGUMENT, 0, () -> server.receive(1, 0, -1));
        expect(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair.postSend(new SendRequest().send(1)
            .sge(client.region, 0, Integer.MAX_VALUE).sge(client.region, 0, Integer.MAX_VALUE)));
        expect(RnicError.INVALID_ARGUMENT, 0, () -> server.queuePair.postReceive(new ReceiveRequest().receive(1)
            .sge(server.region, 0, Integer.MAX_VALUE).sge(server.region, 0, 1)));
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // it is closed before it is used
    void shouldRefuseInlineDataThatIsTooLongMisplacedOrNotThere() {
        final MemorySegment heap = MemorySegment.ofArray(new byte[1000]);
        expect(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair.postSend(new SendRequest().send(1).inline(heap, 0, 65)));
        expect(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair.postSend(new SendRequest().send(1).inline(heap, 0, 900)));
        expect(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair.postSend(new SendRequest().send(1).inline(heap, 0, -1)));
        expect(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair.postSend(new SendRequest().send(1).inline(heap, 990, 20)));
        expect(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair.postSend(new SendRequest().send(1).inline(heap, -1, 20)));
        expect(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair.postSend(
            new SendRequest().send(1).sge(client.region, 0, 8).inline(heap, 0, 8)));
        final Arena arena = Arena.ofShared();
        final MemorySegment closed = arena.allocate(8);
        arena.close();
        expect(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair.postSend(new SendRequest().send(1).inline(closed, 0, 8)));
        assertThat(client.queuePair.sendSpace()).isEqualTo(64);
        assertThat(client.queuePair.state()).isEqualTo(QueuePairState.RTS);
    }

    @Test
    @SuppressWarnings("NullAway") // null is what is tried
    void shouldTakeNoNullForInlineDataOrMemory() {
        assertThatThrownBy(() -> new SendRequest().send(1).inline(null, 0, 4)).isInstanceOf(NullPointerException.class)
            .hasMessage("segment");
        assertThatThrownBy(() -> client.domain.registerMemory(null)).isInstanceOf(NullPointerException.class)
            .hasMessage("segment");
    }

    @Test
    void shouldPostNothingOfAListThatIsNone() {
        final SendRequest[] holed = {write(1), write(1), write(2)};
        Arrays.fill(holed, 1, 2, null);
        expect(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair.postSend(holed, 3));
        expect(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair.postSend(new SendRequest[] {write(1)}, 2));
        expect(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair.postSend(new SendRequest[] {write(1)}, -1));
        expect(RnicError.INVALID_ARGUMENT, 0, () -> server.queuePair.postReceive(new ReceiveRequest[2], 1));
        assertThat(client.queuePair.sendSpace()).isEqualTo(64);
        client.queuePair.postSend(write(9));
        assertThat(Done.awaitOne(client.sends).wrId()).isEqualTo(9);
    }

    @Test
    void shouldPostNothingOfAnEmptyList() {
        client.queuePair.postSend(new SendRequest[0], 0);
        server.queuePair.postReceive(new ReceiveRequest[0], 0);
        assertThat(client.queuePair.sendSpace()).isEqualTo(64);
        assertThat(server.queuePair.receiveSpace()).isEqualTo(64);
    }
}
