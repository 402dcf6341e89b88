package io.rnic.conformance;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.rnic.behaviour.EveryDoor;
import io.rnic.behaviour.OverTcp;
import io.rnic.behaviour.RawPeer;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.testing.Await;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.AsyncEvent;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;

/** Completion and flush: 13 to 21. */
class CompletionTest {
    private static final byte ANSWERED = 0x11;

    private ConnectedPair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair given) {
        pair = given;
        client = pair.client();
        server = pair.server();
    }

    private SendRequest write(final long wrId) {
        return new SendRequest().write(wrId, server.region().address(), server.region().rkey())
            .sge(client.region(), 0, 8);
    }

    @EveryDoor
    void c13_postingInErrorSucceedsAndCompletesAsFlushed() {
        client.queuePair().modify(QueuePairState.ERROR);
        server.awaitState(QueuePairState.ERROR);

        client.send(1, 0, 8);
        client.receive(2, 0, 8);
        server.send(3, 0, 8);
        server.receive(4, 0, 8);

        assertThat(client.awaitSend()).wasFlushed().hasWrId(1);
        assertThat(client.awaitReceive()).wasFlushed().hasWrId(2);
        assertThat(server.awaitSend()).wasFlushed().hasWrId(3);
        assertThat(server.awaitReceive()).wasFlushed().hasWrId(4);
    }

    @EveryDoor
    void c14_goingToErrorFlushesBothQueuesInPostingOrder() {
        for (int i = 0; i < 5; i++) {
            client.receive(10 + i, 0, 8);
            server.receive(20 + i, 0, 8);
        }
        final SendRequest refused = new SendRequest().read(2, server.region().address(), server.region().rkey() ^ 1)
            .sge(client.region(), 0, 8);
        client.queuePair().postSend(new SendRequest[] {write(1), refused, write(3), write(4)}, 4);

        assertThat(Completions.await(client.sends(), 3))
            .extracting(CompletedRequest::wrId, CompletedRequest::status).containsExactly(
                tuple(2L, CompletionStatus.REMOTE_ACCESS_ERROR),
                tuple(3L, CompletionStatus.FLUSHED),
                tuple(4L, CompletionStatus.FLUSHED));
        assertThat(flushedReceives(client)).containsExactly(10L, 11L, 12L, 13L, 14L);
        assertThat(flushedReceives(server)).containsExactly(20L, 21L, 22L, 23L, 24L);
    }

    /** Once they are told, their memory is the application's again: no answer that was on its way goes there. */
    @EveryDoor
    void c14_outstandingReadsAreFlushedInPostingOrderAndNothingIsPlacedAfterwards() throws InterruptedException {
        final int each = 1 << 17;
        final SendRequest[] requests = new SendRequest[9];
        try (MemoryRegion sink = client.register(8 * each, Access.LOCAL_WRITE);
            MemoryRegion source = server.register(each, Access.REMOTE_READ)) {
            source.segment().fill(ANSWERED);
            for (int round = 0; round < 40; round++) {
                for (int i = 0; i < 8; i++) {
                    requests[i] = new SendRequest().read(i, source.address(), source.rkey())
                        .sge(sink, (long) each * i, each).signalled(true);
                }
                requests[8] = write(8).signalled(true);
                client.queuePair().postSend(requests, requests.length);
                if (round % 2 == 0) { // in the middle of what is placed, or before
                    Await.until("something is placed", () -> sink.segment().get(ValueLayout.JAVA_BYTE, 0) == ANSWERED);
                }

                client.queuePair().modify(QueuePairState.ERROR);

                final List<CompletedRequest> done = Completions.await(client.sends(), requests.length);
                sink.segment().fill((byte) 0x33);
                assertThat(done).extracting(CompletedRequest::wrId)
                    .isEqualTo(LongStream.range(0, requests.length).boxed().toList());
                assertThat(done.stream().map(CompletedRequest::status)
                    .dropWhile(status -> status == CompletionStatus.SUCCESS))
                    .allMatch(status -> status == CompletionStatus.FLUSHED);
                server.awaitState(QueuePairState.ERROR);
                pair.reconnect();
                client.awaitPlaced();
                assertThat(sink.segment().mismatch(Arena.ofAuto().allocate(sink.length()).fill((byte) 0x33)))
                    .as("the first byte that was placed after").isEqualTo(-1);
            }
        }
    }

    /** A peer that answers half of a Read, and the rest when it is flushed. */
    @OverTcp
    void c14_aReadThatIsHalfAnsweredIsFlushedAndTheRestIsNotPlaced(final Rnic rnic)
        throws IOException, InterruptedException {
        try (Side side = Side.of(rnic); Listener listener = rnic.listen(ConnectedPair.anyPort())) {
            side.receive(1, 1024, 8);
            side.receive(2, 1024, 8);
            try (RawPeer peer = RawPeer.connect(listener.address()).request()) {
                accept(listener, side, peer);
                peer.send(RawPeer.send(1, new byte[8])); // who was asked may send then
                assertThat(side.awaitReceive()).succeeded();
                side.read(3, 0, 128, 0x1000, 7);
                side.write(4, 0, 128, 0x1000, 7);
                side.read(5, 128, 128, 0x1000, 7);
                peer.readUlpdu();
                peer.send(answer(side, 0, false));
                Await.until("half of the answer is placed", () -> side.bytes(63, 1)[0] == ANSWERED);

                side.queuePair().modify(QueuePairState.ERROR);

                assertThat(Completions.await(side.sends(), 3)).extracting(CompletedRequest::wrId,
                    CompletedRequest::status).containsExactly(tuple(3L, CompletionStatus.FLUSHED),
                        tuple(4L, CompletionStatus.FLUSHED), tuple(5L, CompletionStatus.FLUSHED));
                assertThat(side.awaitReceive()).wasFlushed().hasWrId(2);
                side.memory().fill((byte) 0x33);
                sendIfTaken(peer, answer(side, 64, true));
            }
            side.queuePair().modify(QueuePairState.RESET);
            side.queuePair().modify(QueuePairState.INIT);
            side.receive(6, 1024, 8);
            try (RawPeer peer = RawPeer.connect(listener.address()).request()) {
                accept(listener, side, peer);
                peer.send(answer(side, 64, true)); // an answer of the connection before
                assertThat(peer.readTerminate()).isEqualTo(0x11000);
            }
            assertThat(side.awaitReceive()).wasFlushed();
            assertThat(side.bytes(0, Side.REGION_BYTES)).containsOnly(0x33);
        }
    }

    private static void accept(final Listener listener, final Side side, final RawPeer peer)
        throws IOException, InterruptedException {
        Objects.requireNonNull(listener.await(Completions.PATIENCE)).accept(side.queuePair(), new byte[0]);
        peer.expectAccepted();
    }

    private static byte[] answer(final Side side, final long offset, final boolean last) {
        final byte[] half = new byte[64];
        Arrays.fill(half, ANSWERED);
        return RawPeer.tagged(RdmapOpcode.READ_RESPONSE, side.region().lkey(), side.region().address() + offset, last,
            half);
    }

    private static void sendIfTaken(final RawPeer peer, final byte[] bytes) throws IOException {
        try {
            peer.send(bytes);
        } catch (final SocketException e) {
            assertThat(e).hasMessageMatching(".*(reset|[Bb]roken pipe).*"); // the NIC has closed it already
        }
    }

    private static List<Long> flushedReceives(final Side side) {
        final List<CompletedRequest> flushed = Completions.await(side.receives(), 5);
        assertThat(flushed).allSatisfy(completed -> assertThat(completed).wasFlushed());
        return flushed.stream().map(CompletedRequest::wrId).toList();
    }

    @EveryDoor
    void c16_unsignalledSuccessMakesNoCompletionAndAnErrorAlwaysDoes() {
        client.queuePair().postSend(write(1));
        client.queuePair().postSend(write(2).signalled(true));
        assertThat(client.awaitSend()).succeeded().hasWrId(2);
        client.queuePair().postSend(new SendRequest().read(3, server.region().address(), server.region().rkey() ^ 1)
            .sge(client.region(), 0, 8));
        assertThat(client.awaitSend()).hasStatus(CompletionStatus.REMOTE_ACCESS_ERROR).hasWrId(3);
        assertThat(Completions.poll(client.sends())).isEmpty();
    }

    @EveryDoor
    void c16_everyRequestMakesACompletionWhereTheQueueSignalsAll(final RnicOptions options)
        throws InterruptedException {
        try (ConnectedPair all = ConnectedPair.open(options, queues -> queues.withSignalAll(true))) {
            all.client().queuePair().postSend(new SendRequest()
                .write(3, all.server().region().address(), all.server().region().rkey())
                .sge(all.client().region(), 0, 8));
            assertThat(all.client().awaitSend()).succeeded().hasWrId(3);
        }
    }

    @EveryDoor
    void c17_anErrorSaysWhichRequestOfWhichQueuePairFailedAndHow() {
        server.receive(0x1234_5678_9abc_def0L, 0, 8);
        client.send(-1, 0, 9);
        assertThat(server.awaitReceive()).hasWrId(0x1234_5678_9abc_def0L).isOf(server.queuePair())
            .hasStatus(CompletionStatus.LOCAL_LENGTH_ERROR).hasTerminate(1, 2, 5);
        final CompletedRequest sent = client.awaitSend();
        assertThat(sent).hasWrId(-1);
        Refusal.byTheServer(pair, sent, CompletionStatus.REMOTE_INVALID_REQUEST_ERROR, 1, 2, 5);
    }

    @EveryDoor
    void c18_aQueueThatOverrunsIsToldUnusableAndWhatItHeldIsWhole() throws InterruptedException {
        try (CompletionQueue small = client.rnic().createCompletionQueue(4);
            QueuePair queuePair = client.domain().createQueuePair(QueuePairOptions.of(small, small));
            QueuePair peer = server.domain().createQueuePair(QueuePairOptions.of(server.sends(), server.receives()))) {
            assertThat(small.capacity()).isEqualTo(4);
            ConnectedPair.connect(queuePair, server.rnic(), peer);
            for (int i = 0; i < 5; i++) {
                queuePair.postSend(write(i).signalled(true));
            }
            Await.state(queuePair, QueuePairState.ERROR);
            assertThat(Completions.await(small, 4)).extracting(CompletedRequest::wrId, CompletedRequest::status)
                .containsExactly(tuple(0L, CompletionStatus.SUCCESS), tuple(1L, CompletionStatus.SUCCESS),
                    tuple(2L, CompletionStatus.SUCCESS), tuple(3L, CompletionStatus.SUCCESS));
            expectRefused(RnicError.COMPLETION_QUEUE_OVERRUN, () -> small.poll(completion -> { }, 1));
            Await.state(peer, QueuePairState.ERROR);
            assertThat(client.rnic().awaitAsyncEvent(Completions.PATIENCE))
                .isEqualTo(new AsyncEvent(AsyncEventType.CQ_ERR, small, 0));
            assertThat(client.rnic().awaitAsyncEvent(Completions.PATIENCE))
                .isEqualTo(new AsyncEvent(AsyncEventType.QP_FATAL, queuePair, 0));
            assertThat(server.rnic().awaitAsyncEvent(Completions.PATIENCE)).as("the peer is only disconnected")
                .isEqualTo(new AsyncEvent(AsyncEventType.DISCONNECTED, peer, 0));
            NoMore.asyncEvents(client, server);
        }
        server.receive(1, 0, 8);
        client.send(2, 0, 8);
        assertThat(client.awaitSend()).succeeded().hasWrId(2);
    }

    @EveryDoor
    void c19_receiveOpcodesAreToldApartFromSendOpcodes() {
        server.receive(1, 0, 8);
        client.send(2, 0, 8);
        client.queuePair().postSend(write(3).signalled(true));
        client.read(4, 0, 8, server.region().address(), server.region().rkey());
        assertThat(Completions.await(client.sends(), 3)).extracting(CompletedRequest::opcode)
            .containsExactly(CompletionOpcode.SEND, CompletionOpcode.RDMA_WRITE, CompletionOpcode.RDMA_READ)
            .noneMatch(CompletionOpcode::isReceive);
        assertThat(server.awaitReceive()).hasOpcode(CompletionOpcode.RECEIVE);
        assertThat(CompletionOpcode.RECEIVE.isReceive()).isTrue();
    }

    @EveryDoor
    void c20_disconnectMovesBothSidesToErrorFlushesAndIsToldToBoth() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            client.receive(10 + i, 0, 8);
            server.receive(20 + i, 0, 8);
        }

        client.queuePair().disconnect();

        assertThat(client.queuePair().state()).isEqualTo(QueuePairState.ERROR);
        server.awaitState(QueuePairState.ERROR);
        assertThat(flushedReceives(client)).containsExactly(10L, 11L, 12L, 13L, 14L);
        assertThat(flushedReceives(server)).containsExactly(20L, 21L, 22L, 23L, 24L);
        expectRefused(RnicError.INVALID_STATE, server.queuePair()::disconnect);
        for (final Side side : new Side[] {client, server}) {
            assertThat(side.rnic().awaitAsyncEvent(Completions.PATIENCE))
                .isEqualTo(new AsyncEvent(AsyncEventType.DISCONNECTED, side.queuePair(), 0));
        }
        NoMore.asyncEvents(client, server);
    }

    /** Reads are in front of, between and behind Sends, which over TCP leave before the Reads are answered. */
    @EveryDoor
    void c21_completionsOfAQueueComeInPostingOrder() {
        final int rounds = 40;
        final int batch = 50;
        final SendRequest[] requests = new SendRequest[batch];
        for (int round = 0; round < rounds; round++) {
            final long first = (long) round * batch;
            final List<Long> received = new ArrayList<>();
            for (int i = 0; i < batch; i++) {
                final long wrId = first + i;
                if (i % 7 == 0) {
                    requests[i] = read(wrId, 1024, i == 0 ? 32_768 : 8);
                } else {
                    server.receive(wrId, 8L * i, 8);
                    received.add(wrId);
                    requests[i] = new SendRequest().send(wrId).sge(client.region(), 8L * i, 8);
                }
                requests[i].signalled(true);
            }
            client.queuePair().postSend(requests, batch);
            assertThat(Completions.await(client.sends(), batch)).extracting(CompletedRequest::wrId)
                .isEqualTo(LongStream.range(first, first + batch).boxed().toList());
            assertThat(Completions.await(server.receives(), received.size())).extracting(CompletedRequest::wrId)
                .isEqualTo(received);
        }
    }

    private SendRequest read(final long wrId, final long offset, final int length) {
        return new SendRequest().read(wrId, server.region().address(), server.region().rkey())
            .sge(client.region(), offset, length);
    }

    /** What would be sent although the queue is drained would be sent before what another queue pair sends later. */
    @EveryDoor
    void c15_aDrainedSendQueueIsToldOnceAndWhatIsPostedWaits() throws InterruptedException {
        final QueuePair queuePair = client.queuePair();
        try (QueuePair later = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
            QueuePair itsPeer = server.domain().createQueuePair(QueuePairOptions.of(server.sends()))) {
            ConnectedPair.connect(later, server.rnic(), itsPeer);
            queuePair.postSend(write(1).signalled(true));
            queuePair.modify(QueuePairState.SQD);
            assertThat(queuePair.state()).isEqualTo(QueuePairState.SQD);
            assertThat(client.rnic().awaitAsyncEvent(Completions.PATIENCE))
                .isEqualTo(new AsyncEvent(AsyncEventType.SQ_DRAINED, queuePair, 0));
            final int begun = Completions.poll(client.sends()).size(); // the first, or it waits too

            queuePair.postSend(write(2).signalled(true));
            later.postSend(write(3).signalled(true));
            assertThat(client.awaitSend()).succeeded().hasWrId(3).isOf(later);

            queuePair.modify(QueuePairState.RTS);
            assertThat(Completions.await(client.sends(), 2 - begun)).extracting(CompletedRequest::wrId)
                .containsExactly(begun == 0 ? new Long[] {1L, 2L} : new Long[] {2L});
        }
        NoMore.asyncEvents(client, server);
    }

    /** A peer that answers a Read late. */
    @OverTcp
    void c15_aSendQueueIsNotDrainedBeforeItsReadsAreAnswered() throws Exception {
        try (QueuePair queuePair = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
            Listener listener = client.rnic().listen(ConnectedPair.anyPort());
            RawPeer peer = RawPeer.connect(listener, queuePair)) {
            queuePair.postReceive(new ReceiveRequest().receive(1).sge(client.region(), 1024, 8));
            peer.send(RawPeer.send(1, new byte[8])); // who was asked may send then
            assertThat(client.awaitSend()).succeeded().hasWrId(1);
            queuePair.postSend(new SendRequest().read(2, 0x1000, 7).sge(client.region(), 0, 64).signalled(true));
            peer.readUlpdu();

            queuePair.modify(QueuePairState.SQD);
            NoMore.asyncEvents(client, server);
            assertThat(Completions.poll(client.sends())).isEmpty();

            peer.send(answer(client, 0, true));
            assertThat(client.rnic().awaitAsyncEvent(Completions.PATIENCE))
                .isEqualTo(new AsyncEvent(AsyncEventType.SQ_DRAINED, queuePair, 0));
            assertThat(client.awaitSend()).succeeded().hasWrId(2);
            assertThat(client.bytes(0, 64)).containsOnly(ANSWERED);
        }
    }
}
