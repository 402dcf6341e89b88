package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;

/** What a post refuses, and that what was refused leaves no trace. */
class PostingTest {
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair pair) {
        client = pair.client();
        server = pair.server();
    }

    private SendRequest write(final long wrId) {
        return new SendRequest().write(wrId, server.region().address(), server.region().rkey())
            .sge(client.region(), 0, 8).signalled(true);
    }

    @EveryDoor
    void shouldRefuseOneReceiveMoreThanItHoldsAndKeepTheOthers() {
        for (int i = 0; i < 64; i++) {
            server.receive(i, 0, 8);
        }
        expectRefused(RnicError.QUEUE_FULL, 0, () -> server.receive(64, 0, 8));
        assertThat(server.queuePair().receiveSpace()).isZero();

        client.send(1, 0, 8);
        assertThat(server.awaitReceive().wrId()).isZero();
        server.receive(65, 0, 8);
        expectRefused(RnicError.QUEUE_FULL, 0, () -> server.receive(66, 0, 8));
    }

    /** 8 is what {@code enum ibv_send_flags} calls inline, which is asked for with its bytes here. */
    @RnicTest
    void shouldRefuseUnknownFlagsAndKeepTheRequestAsItWas() {
        final SendRequest request = write(7);
        for (final int flag : new int[] {8, 16, 1 << 30, Integer.MIN_VALUE}) {
            expectRefused(RnicError.INVALID_ARGUMENT, () -> request.start(Opcode.RDMA_WRITE, 8, 1, 2, flag | 2))
                .hasMessageContainingAll("flags 0x" + Integer.toHexString(flag) + " ", "FENCED (0x1)", "inline(");
        }
        client.queuePair().postSend(request);
        assertThat(client.awaitSend().wrId()).isEqualTo(7);
    }

    @EveryDoor
    void shouldFreeSendSlotsByPolledCompletionsOnly() {
        for (int i = 0; i < 64; i++) {
            client.queuePair().postSend(write(i).signalled(i == 62));
        }
        expectRefused(RnicError.QUEUE_FULL, 0, () -> client.queuePair().postSend(write(64)));
        assertThat(client.queuePair().sendSpace()).isZero();

        assertThat(client.awaitSend().wrId()).isEqualTo(62);
        assertThat(client.queuePair().sendSpace()).as("all up to the completed one are free").isEqualTo(63);
        client.queuePair().postSend(write(65));
        assertThat(client.awaitSend().wrId()).isEqualTo(65);
        assertThat(client.queuePair().sendSpace()).isEqualTo(64);
    }

    @EveryDoor
    void shouldPostListsLongerThanACrossingCarries(final RnicOptions options) throws InterruptedException {
        try (ConnectedPair big =
            ConnectedPair.open(options, queues -> queues.withRequests(4000, 4000).withInlineBytes(512))) {
            final MemorySegment data = MemorySegment.ofArray(new byte[512]);
            final SendRequest[] requests = new SendRequest[4000];
            for (int i = 0; i < requests.length; i++) {
                requests[i] = new SendRequest()
                    .write(i, big.server().region().address() + i, big.server().region().rkey())
                    .inline(data, 0, 1 + i % 512);
            }
            requests[3999].signalled(true);
            big.client().queuePair().postSend(requests, 4000);
            assertThat(Completions.awaitOne(big.client().sends()).wrId()).isEqualTo(3999);
            assertThat(big.client().queuePair().sendSpace()).isEqualTo(4000);
        }
    }

    @EveryDoor
    void shouldRefuseLengthsThatAreNone() {
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> client.send(1, 0, -1));
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> client.send(1, 0, Integer.MIN_VALUE));
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> server.receive(1, 0, -1));
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair().postSend(new SendRequest().send(1)
            .sge(client.region(), 0, Integer.MAX_VALUE).sge(client.region(), 0, Integer.MAX_VALUE)));
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> server.queuePair().postReceive(
            new ReceiveRequest().receive(1).sge(server.region(), 0, Integer.MAX_VALUE).sge(server.region(), 0, 1)));
    }

    @EveryDoor
    @SuppressWarnings("MustBeClosedChecker") // it is closed before it is used
    void shouldRefuseInlineDataThatIsTooLongMisplacedOrNotThere() {
        final MemorySegment heap = MemorySegment.ofArray(new byte[1000]);
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(new SendRequest().send(1).inline(heap, 0, 65)));
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(new SendRequest().send(1).inline(heap, 0, 900)));
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(new SendRequest().send(1).inline(heap, 0, -1)));
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(new SendRequest().send(1).inline(heap, 990, 20)));
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(new SendRequest().send(1).inline(heap, -1, 20)));
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair().postSend(
            new SendRequest().send(1).sge(client.region(), 0, 8).inline(heap, 0, 8)));
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(new SendRequest().send(1).inline(heap, 1001, 0)));
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(new SendRequest().send(1).inline(heap, -1, 0)));
        final Arena arena = Arena.ofShared();
        final MemorySegment closed = arena.allocate(8);
        arena.close();
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(new SendRequest().send(1).inline(closed, 0, 8)));
        assertThat(client.queuePair().sendSpace()).isEqualTo(64);
        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.RTS);
    }

    @EveryDoor
    @SuppressWarnings("NullAway") // null is what is tried
    void shouldTakeNoNullForInlineDataOrMemory() {
        assertThatThrownBy(() -> new SendRequest().send(1).inline(null, 0, 4)).isInstanceOf(NullPointerException.class)
            .hasMessage("segment");
        assertThatThrownBy(() -> client.domain().registerMemory(null)).isInstanceOf(NullPointerException.class)
            .hasMessage("segment");
    }

    @EveryDoor
    void shouldPostNothingOfAListThatIsNone() {
        final SendRequest[] holed = {write(1), write(1), write(2)};
        Arrays.fill(holed, 1, 2, null);
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair().postSend(holed, 3));
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(new SendRequest[] {write(1)}, 2));
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(new SendRequest[] {write(1)}, -1));
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> server.queuePair().postReceive(new ReceiveRequest[2], 1));
        assertThat(client.queuePair().sendSpace()).isEqualTo(64);
        client.queuePair().postSend(write(9));
        assertThat(client.awaitSend().wrId()).isEqualTo(9);
    }

    @EveryDoor
    void shouldTakeInlineDataOfNoByteAtTheEndOfItsSegment() {
        server.receive(2, 0, 8);
        client.queuePair().postSend(
            new SendRequest().send(1).inline(MemorySegment.ofArray(new byte[10]), 10, 0).signalled(true));
        assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
        assertThat(server.awaitReceive().byteLength()).isZero();
    }

    @EveryDoor
    void shouldNameTheRequestThatIsPostedToAClosedQueue() {
        final QueuePair queuePair = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
        final SharedReceiveQueue shared = client.domain().createSharedReceiveQueue(4, 1);
        queuePair.close();
        shared.close();
        final String where = " (index 0) on queue pair " + queuePair.number() + ": the queue is closed";
        expectRefused(RnicError.CLOSED, 0, () -> queuePair.postSend(write(7)))
            .hasMessage("send request wrId=7" + where);
        expectRefused(RnicError.CLOSED, 0, () -> queuePair.postSend(new SendRequest[] {write(8), write(9)}, 2))
            .hasMessage("send request wrId=8" + where);
        final ReceiveRequest receive = new ReceiveRequest().receive(5);
        expectRefused(RnicError.CLOSED, 0, () -> queuePair.postReceive(receive)).hasMessage("receive wrId=5" + where);
        expectRefused(RnicError.CLOSED, 0, () -> queuePair.postReceive(new ReceiveRequest[] {receive}, 1))
            .hasMessage("receive wrId=5" + where);
        expectRefused(RnicError.CLOSED, 0, () -> shared.postReceive(receive)).hasMessage("receive wrId=5 (index 0) on"
            + " shared receive queue " + shared.number() + ": the queue is closed");
    }

    @EveryDoor
    void shouldPostNothingOfAnEmptyList() {
        client.queuePair().postSend(new SendRequest[0], 0);
        server.queuePair().postReceive(new ReceiveRequest[0], 0);
        assertThat(client.queuePair().sendSpace()).isEqualTo(64);
        assertThat(server.queuePair().receiveSpace()).isEqualTo(64);
    }
}
