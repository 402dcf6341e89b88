package io.rnic.conformance;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.EveryDoor;
import io.rnic.behaviour.OverTcp;
import io.rnic.behaviour.RawPeer;
import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SharedReceiveQueue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;

/** Posting: 1 to 12. */
class PostingTest {
    /** Less than what there is room for, which is a power of 2. */
    private static final int ORD = 3;

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

    private SendRequest read(final long wrId) {
        return new SendRequest().read(wrId, server.region().address(), server.region().rkey()).signalled(true);
    }

    @EveryDoor
    void c01_sendBeforeRtsIsRefusedAndNothingIsQueued(final Rnic rnic) {
        try (Side fresh = Side.of(rnic)) {
            for (final QueuePairState state : new QueuePairState[] {QueuePairState.INIT, QueuePairState.RESET}) {
                if (state == QueuePairState.RESET) {
                    fresh.queuePair().modify(state);
                }
                assertThat(fresh.queuePair().state()).isEqualTo(state);
                expectRefused(RnicError.INVALID_STATE, 0, () -> fresh.send(1, 0, 8));
                assertThat(fresh.queuePair().sendSpace()).isEqualTo(64);
            }
            fresh.queuePair().modify(QueuePairState.ERROR);
            assertThat(Completions.poll(fresh.sends())).as("nothing to flush").isEmpty();
        }
    }

    @EveryDoor
    void c02_receiveIsAllowedFromInitOn(final Rnic rnic) {
        try (Side fresh = Side.of(rnic)) {
            fresh.receive(1, 0, 8);
            fresh.queuePair().modify(QueuePairState.RESET);
            expectRefused(RnicError.INVALID_STATE, 0, () -> fresh.receive(2, 0, 8));
            fresh.queuePair().modify(QueuePairState.INIT);
            fresh.receive(3, 0, 8);
            assertThat(fresh.queuePair().receiveSpace()).isEqualTo(63);
        }
        client.receive(4, 0, 8);
        client.queuePair().modify(QueuePairState.SQD);
        client.receive(5, 8, 8);
        for (int i = 0; i < 2; i++) {
            server.send(i, 0, 8);
            assertThat(client.awaitReceive()).succeeded().hasWrId(4 + i);
        }
        client.queuePair().modify(QueuePairState.ERROR);
        client.receive(6, 0, 8);
        assertThat(client.awaitReceive()).wasFlushed().hasWrId(6);
    }

    @EveryDoor
    void c03_oneRequestMoreThanTheQueueHoldsIsRefusedAndTheEarlierOnesStay() {
        for (int i = 0; i < 64; i++) {
            server.receive(i, 0, 8);
            client.queuePair().postSend(write(i));
        }
        expectRefused(RnicError.QUEUE_FULL, 0, () -> server.receive(64, 0, 8));
        expectRefused(RnicError.QUEUE_FULL, 0, () -> client.queuePair().postSend(write(64)));

        final Long[] posted = LongStream.range(0, 64).boxed().toArray(Long[]::new);
        assertThat(Completions.await(client.sends(), 64)).extracting(CompletedRequest::wrId).containsExactly(posted);
        for (int i = 0; i < 64; i++) {
            client.send(i, 0, 8);
        }
        assertThat(Completions.await(server.receives(), 64)).extracting(CompletedRequest::wrId)
            .containsExactly(posted);
    }

    @EveryDoor
    void c04_moreSgesThanTheQueueWasMadeForAreRefused() {
        final SendRequest send = new SendRequest().send(1);
        final ReceiveRequest receive = new ReceiveRequest().receive(1);
        for (int i = 0; i < 5; i++) {
            send.sge(client.region(), 0, 1);
            receive.sge(server.region(), 0, 1);
        }
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair().postSend(send));
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> server.queuePair().postReceive(receive));
        for (int i = 0; i < 5000; i++) {
            send.sge(client.region(), 0, 1);
        }
        expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair().postSend(send));
        assertThat(client.queuePair().sendSpace()).isEqualTo(64);
        assertThat(server.queuePair().receiveSpace()).isEqualTo(64);
    }

    @EveryDoor
    void c05_aListStopsAtTheFirstBadRequestAndTheEarlierOnesArePosted() {
        final SendRequest bad = write(3).sge(client.region(), 0, 1).sge(client.region(), 0, 1)
            .sge(client.region(), 0, 1).sge(client.region(), 0, 1);
        expectRefused(RnicError.INVALID_ARGUMENT, 2,
            () -> client.queuePair().postSend(new SendRequest[] {write(1), write(2), bad, write(4)}, 4));
        assertThat(Completions.await(client.sends(), 2)).extracting(CompletedRequest::wrId).containsExactly(1L, 2L);
        assertThat(client.queuePair().sendSpace()).isEqualTo(64);

        final ReceiveRequest[] receives = new ReceiveRequest[70];
        for (int i = 0; i < 70; i++) {
            receives[i] = new ReceiveRequest().receive(i).sge(server.region(), 0, 8);
        }
        expectRefused(RnicError.QUEUE_FULL, 64, () -> server.queuePair().postReceive(receives, 70));
        assertThat(server.queuePair().receiveSpace()).isZero();
    }

    /** Java's types let no other opcode through; each that they let through must be done as what it is. */
    @EveryDoor
    void c06_noOpcodeIsTakenForAnother(final ConnectedPair pair) throws InterruptedException {
        try (MemoryRegion own = client.register(64, Access.LOCAL_WRITE, Access.MW_BIND);
            MemoryRegion peers = server.register(8, Access.REMOTE_READ);
            MemoryWindow window = client.domain().allocateMemoryWindow()) {
            final Map<Opcode, SendRequest> requests = requests(own, peers, window);
            assertThat(requests).containsOnlyKeys(Opcode.values());
            final SendRequest onLoopbackAlone =
                Objects.requireNonNull(requests.remove(Opcode.SEND_WITH_IMMEDIATE)); // RFC 7306 §6 has none
            requests.forEach(this::expectDone);
            client.awaitPlaced();
            assertThat(Completions.poll(server.receives())).as("only these take a receive")
                .extracting(CompletedRequest::opcode).containsExactly(CompletionOpcode.RECEIVE_RDMA_WITH_IMMEDIATE,
                    CompletionOpcode.RECEIVE, CompletionOpcode.RECEIVE);
            if (pair.acknowledges()) {
                expectDone(Opcode.SEND_WITH_IMMEDIATE, onLoopbackAlone);
                assertThat(server.awaitReceive()).hasOpcode(CompletionOpcode.RECEIVE);
            } else {
                client.queuePair().postSend(onLoopbackAlone);
                assertThat(client.awaitSend()).hasStatus(CompletionStatus.LOCAL_QP_OPERATION_ERROR).hasNoTerminate();
            }
        }
    }

    private void expectDone(final Opcode opcode, final SendRequest request) {
        assertThat(request.opcode()).isEqualTo(opcode);
        server.receive(opcode.code(), 0, 8);
        client.queuePair().postSend(request.signalled(true));
        assertThat(client.awaitSend()).as("%s", opcode).succeeded().hasOpcode(completion(opcode));
    }

    private Map<Opcode, SendRequest> requests(
        final MemoryRegion own, final MemoryRegion peers, final MemoryWindow window) {
        final long address = server.region().address() + 64;
        final int rkey = server.region().rkey();
        final Map<Opcode, SendRequest> requests = new EnumMap<>(Opcode.class);
        for (final SendRequest request : List.of(
            write(1), read(1).sge(client.region(), 0, 8), new SendRequest().send(1),
            new SendRequest().sendWithImmediate(1, 2), new SendRequest().writeWithImmediate(1, address, rkey, 2),
            new SendRequest().sendWithInvalidate(1, peers.rkey()), new SendRequest().bind(1, window, own, 0, 8),
            new SendRequest().localInvalidate(1, window.rkey()),
            new SendRequest().fetchAndAdd(1, address, rkey, 1).sge(client.region(), 0, 8),
            new SendRequest().compareAndSwap(1, address, rkey, 1, 2).sge(client.region(), 0, 8))) {
            requests.put(request.opcode(), request);
        }
        return requests;
    }

    private static CompletionOpcode completion(final Opcode opcode) {
        return switch (opcode) {
            case SEND_WITH_IMMEDIATE, SEND_WITH_INVALIDATE -> CompletionOpcode.SEND;
            case RDMA_WRITE_WITH_IMMEDIATE -> CompletionOpcode.RDMA_WRITE;
            default -> CompletionOpcode.valueOf(opcode.name());
        };
    }

    @EveryDoor
    void c07_inlineDataMayBeReusedOnReturnAndNeedsNoKey() {
        final byte[] data = new byte[64];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i + 1);
        }
        final MemorySegment unregistered = MemorySegment.ofArray(data.clone());
        server.receive(1, 0, 64);

        client.queuePair().postSend(new SendRequest().send(1).inline(unregistered, 0, 64));
        client.queuePair().postSend(new SendRequest().write(2, server.region().address() + 100, server.region().rkey())
            .inline(unregistered, 8, 8).signalled(true));
        unregistered.fill((byte) 0);

        assertThat(server.awaitReceive()).hasByteLength(64);
        assertThat(client.awaitSend()).succeeded().hasWrId(2);
        client.awaitPlaced();
        assertThat(server.bytes(0, 64)).isEqualTo(data);
        assertThat(server.bytes(100, 9)).containsExactly(9, 10, 11, 12, 13, 14, 15, 16, 0);
    }

    @EveryDoor
    void c08_moreInlineDataThanTheQueueWasMadeForIsRefused() {
        final MemorySegment heap = MemorySegment.ofArray(new byte[1000]);
        for (final int length : new int[] {65, 900}) {
            expectRefused(RnicError.INVALID_ARGUMENT, 0,
                () -> client.queuePair().postSend(new SendRequest().send(1).inline(heap, 0, length)));
        }
        assertThat(client.queuePair().sendSpace()).isEqualTo(64);
    }

    @EveryDoor
    void c09_aReadTakesOneSinkAndMayBeEmpty() {
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(read(1).sge(client.region(), 0, 8).sge(client.region(), 8, 8)));
        expectRefused(RnicError.INVALID_ARGUMENT, 0,
            () -> client.queuePair().postSend(read(1).inline(MemorySegment.ofArray(new byte[8]), 0, 8)));
        client.queuePair().postSend(read(2));
        client.queuePair().postSend(read(3).sge(client.region(), 0, 0));
        assertThat(client.awaitSend()).hasWrId(2).hasOpcode(CompletionOpcode.RDMA_READ).hasByteLength(0);
        assertThat(client.awaitSend()).hasWrId(3).hasOpcode(CompletionOpcode.RDMA_READ).hasByteLength(0);
    }

    /** On loopback a Read is done when the next request is taken: the fence has nothing to wait for. */
    @EveryDoor
    void c10_aFencedRequestWaitsForTheReadsBeforeIt() {
        for (int i = 0; i < 50; i++) {
            server.memory().set(ValueLayout.JAVA_LONG, 0, i + 1L);
            server.receive(i, 64, 8);
            client.queuePair().postSend(new SendRequest().read(1, server.region().address(), server.region().rkey())
                .sge(client.region(), 0, 8).fenced(true));
            client.queuePair().postSend(
                new SendRequest().send(2).sge(client.region(), 0, 8).fenced(true).signalled(true));
            assertThat(client.awaitSend()).succeeded().hasWrId(2);
            assertThat(server.awaitReceive()).succeeded();
            assertThat(server.memory().get(ValueLayout.JAVA_LONG, 64)).isEqualTo(i + 1L);
        }
    }

    @EveryDoor
    void c11_readsBeyondOrdWaitAndDoNotFail() throws InterruptedException {
        final int reads = 32;
        try (QueuePair asking = client.domain().createQueuePair(
                QueuePairOptions.of(client.sends()).withReads(ORD, ORD));
            QueuePair answering = server.domain().createQueuePair(
                QueuePairOptions.of(server.sends()).withReads(ORD, ORD))) {
            ConnectedPair.connect(asking, server.rnic(), answering);
            assertThat(asking.query().ord()).isEqualTo(ORD);
            for (int i = 0; i < reads; i++) {
                asking.postSend(read(i).sge(client.region(), 8L * i, 8));
            }
            assertThat(Completions.await(client.sends(), reads)).extracting(CompletedRequest::status)
                .containsOnly(CompletionStatus.SUCCESS);
        }
    }

    /** A peer that answers one Read at a time: the next leaves then, and no other before. */
    @OverTcp
    void c11_noMoreReadsThanOrdLeave(final Rnic rnic) throws Exception {
        try (Side side = Side.of(rnic, queues -> queues.withReads(ORD, ORD));
            Listener listener = rnic.listen(ConnectedPair.anyPort());
            RawPeer peer = RawPeer.connect(listener, side.queuePair())) {
            side.receive(1, 64, 8);
            peer.send(RawPeer.send(1, new byte[8])); // who was asked may send then
            assertThat(side.awaitReceive()).succeeded();
            final int reads = 2 * ORD;
            for (int i = 0; i < reads; i++) {
                side.read(i, 8L * i, 8, 0x1000, 7);
            }
            for (int i = 0; i < ORD; i++) {
                assertThat(opcode(peer)).isEqualTo(RdmapOpcode.READ_REQUEST);
            }
            for (int i = 0; i < reads; i++) {
                peer.send(RawPeer.readRequest(i + 1, side.region().rkey(), side.region().address(), 8));
                assertThat(opcode(peer)).as("what comes next").isEqualTo(RdmapOpcode.READ_RESPONSE);
                peer.send(RawPeer.tagged(RdmapOpcode.READ_RESPONSE, side.region().lkey(),
                    side.region().address() + 8L * i, true, new byte[8]));
                assertThat(side.awaitSend()).succeeded().hasWrId(i);
                if (i + ORD < reads) {
                    assertThat(opcode(peer)).isEqualTo(RdmapOpcode.READ_REQUEST);
                }
            }
        }
    }

    private static int opcode(final RawPeer peer) throws IOException {
        return DdpHeader.opcode(peer.readUlpdu(), 0);
    }

    @EveryDoor
    void c12_aReceiveForAQueuePairWithASharedReceiveQueueIsRefused() {
        final ReceiveRequest receive = new ReceiveRequest().receive(1).sge(server.region(), 0, 8);
        try (SharedReceiveQueue shared = server.domain().createSharedReceiveQueue(4, 1);
            QueuePair queuePair = server.domain().createQueuePair(
                QueuePairOptions.of(server.sends()).withSharedReceiveQueue(shared))) {
            expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> queuePair.postReceive(receive));
            expectRefused(RnicError.INVALID_ARGUMENT, 0,
                () -> queuePair.postReceive(new ReceiveRequest[] {receive, receive}, 2));
            assertThat(queuePair.receiveSpace()).isZero();
            assertThat(shared.query().waiting()).isZero();
        }
    }
}
