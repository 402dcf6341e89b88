package io.rnic.conformance;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.EveryDoor;
import io.rnic.behaviour.OverLoopback;
import io.rnic.behaviour.OverTcp;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;

/** Atomic operations and immediate data (RFC 7306): 53 to 56. */
class AtomicsAndImmediateTest {
    private static final int BATCH = 16;

    private ConnectedPair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair given) {
        pair = given;
        client = pair.client();
        server = pair.server();
        Refusal.mark(pair);
    }

    private long serverWord(final long offset) {
        return server.memory().get(ValueLayout.JAVA_LONG, offset);
    }

    private long clientWord(final long offset) {
        return client.memory().get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
    }

    private SendRequest add(final long offset, final long addend) {
        return new SendRequest().fetchAndAdd(1, server.region().address() + offset, server.region().rkey(), addend);
    }

    private CompletedRequest post(final SendRequest request) {
        client.queuePair().postSend(request.signalled(true));
        return client.awaitSend();
    }

    @EveryDoor
    void c53_fetchAndAddReturnsTheOriginalValue() {
        server.memory().set(ValueLayout.JAVA_LONG, 16, Long.MAX_VALUE);
        assertThat(post(add(16, 3).sge(client.region(), 3, 8))).succeeded().hasByteLength(8)
            .hasOpcode(CompletionOpcode.ATOMIC_FETCH_AND_ADD);
        assertThat(clientWord(3)).isEqualTo(Long.MAX_VALUE);
        assertThat(serverWord(16)).isEqualTo(Long.MIN_VALUE + 2);
        assertThat(server.bytes(8, 8)).containsOnly(0x77);
        assertThat(server.bytes(24, 8)).containsOnly(0x77);
        assertThat(client.bytes(0, 3)).containsOnly(0x5a);
        assertThat(client.bytes(11, 8)).containsOnly(0x5a);
        assertThat(client.rnic().counters()).containsEntry("device.atomics", 1L);
    }

    @EveryDoor
    void c53_compareAndSwapSwapsIfEqualAndReturnsTheOriginalValue() {
        final SendRequest swap = new SendRequest();
        final long address = server.region().address() + 8;
        server.memory().set(ValueLayout.JAVA_LONG, 8, 5);
        assertThat(post(swap.compareAndSwap(1, address, server.region().rkey(), 4, 9).sge(client.region(), 0, 8)))
            .succeeded().hasOpcode(CompletionOpcode.ATOMIC_COMPARE_AND_SWAP);
        assertThat(clientWord(0)).isEqualTo(5);
        assertThat(serverWord(8)).as("not equal").isEqualTo(5);
        assertThat(post(swap.compareAndSwap(2, address, server.region().rkey(), 5, -9).sge(client.region(), 8, 8)))
            .succeeded();
        assertThat(clientWord(8)).isEqualTo(5);
        assertThat(serverWord(8)).isEqualTo(-9);
    }

    /**
     * Two threads with a queue pair each: one adds, one swaps what it finds for one more. On loopback in INVOKER they
     * meet in the NIC, so they do it often there; elsewhere one thread mostly does the work of both.
     */
    @EveryDoor
    void c53_atomicsAreAtomicAgainstEachOtherAndAcrossQueuePairs() throws Exception {
        server.memory().set(ValueLayout.JAVA_LONG, 0, 0);
        final int batches = pair.acknowledges() ? 1_500 : 50;
        try (CompletionQueue one = client.rnic().createCompletionQueue(64);
            CompletionQueue two = client.rnic().createCompletionQueue(64);
            QueuePair adding = client.domain().createQueuePair(QueuePairOptions.of(one));
            QueuePair swapping = client.domain().createQueuePair(QueuePairOptions.of(two));
            QueuePair addingPeer = server.domain().createQueuePair(QueuePairOptions.of(server.sends()));
            QueuePair swappingPeer = server.domain().createQueuePair(QueuePairOptions.of(server.sends()))) {
            ConnectedPair.connect(adding, server.rnic(), addingPeer);
            ConnectedPair.connect(swapping, server.rnic(), swappingPeer);
            final CompletableFuture<List<Long>> added =
                CompletableFuture.supplyAsync(() -> addAgain(adding, one, batches));
            final List<Long> all = swapAgain(swapping, two, batches);
            all.addAll(added.get());
            assertThat(all).as("values that one found and made one more").hasSizeGreaterThan(batches * BATCH);
            assertThat(serverWord(0)).isEqualTo(all.size());
            assertThat(new HashSet<>(all)).as("each was found by one").hasSameSizeAs(all);
        }
    }

    /** Adds in batches, and returns what was there. */
    private List<Long> addAgain(final QueuePair adding, final CompletionQueue completions, final int batches) {
        final SendRequest[] adds = new SendRequest[BATCH];
        for (int i = 0; i < BATCH; i++) {
            adds[i] = add(0, 1).sge(client.region(), 64 + 8L * i, 8).signalled(i == BATCH - 1);
        }
        final List<Long> found = new ArrayList<>();
        for (int batch = 0; batch < batches; batch++) {
            adding.postSend(adds, BATCH);
            assertThat(Completions.awaitOne(completions)).succeeded();
            for (int i = 0; i < BATCH; i++) {
                found.add(clientWord(64 + 8L * i));
            }
        }
        return found;
    }

    /** Tries in batches to swap the next values for one more each, and returns those that were there. */
    private List<Long> swapAgain(final QueuePair swapping, final CompletionQueue completions, final int batches) {
        final SendRequest[] swaps = new SendRequest[BATCH];
        final List<Long> found = new ArrayList<>();
        long expected = 0;
        for (int batch = 0; batch < batches || found.isEmpty(); batch++) {
            for (int i = 0; i < BATCH; i++) {
                swaps[i] = new SendRequest().compareAndSwap(1, server.region().address(), server.region().rkey(),
                    expected + i, expected + i + 1).sge(client.region(), 1024 + 8L * i, 8).signalled(i == BATCH - 1);
            }
            swapping.postSend(swaps, BATCH);
            assertThat(Completions.awaitOne(completions)).succeeded();
            for (int i = 0; i < BATCH; i++) {
                if (clientWord(1024 + 8L * i) == expected + i) {
                    found.add(expected + i);
                }
            }
            final long last = clientWord(1024 + 8L * (BATCH - 1));
            expected = last == expected + BATCH - 1 ? last + 1 : last;
        }
        return found;
    }

    @EveryDoor
    void c54_aMisalignedTargetEndsTheStream() throws InterruptedException {
        for (final SendRequest request : List.of(add(4, 1), new SendRequest().compareAndSwap(2,
            server.region().address() + 9, server.region().rkey(), 0x7777_7777_7777_7777L, 1))) {
            assertThat(post(request.sge(client.region(), 0, 8))).hasStatus(CompletionStatus.REMOTE_OPERATION_ERROR)
                .hasTerminate(0, 2, 7);
            expectUntouched();
            pair.reconnect();
        }
    }

    private void expectUntouched() {
        assertThat(server.bytes(0, 64)).containsOnly(0x77);
        assertThat(client.bytes(0, 64)).containsOnly(0x5a);
    }

    private void expectEnded(
        final long address, final int rkey, final CompletionStatus status, final int errorCode) {
        assertThat(post(new SendRequest().fetchAndAdd(1, address, rkey, 1).sge(client.region(), 0, 8)))
            .hasStatus(status).hasTerminate(0, 1, errorCode);
        expectUntouched();
    }

    @EveryDoor
    void c55_anUnknownStagIsRefused() {
        expectEnded(server.region().address(), server.region().rkey() ^ 1, CompletionStatus.REMOTE_ACCESS_ERROR, 0);
    }

    @EveryDoor
    void c55_aRegionThatDoesNotAllowItIsRefused() {
        try (MemoryRegion region =
            server.register(8, Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.REMOTE_READ)) {
            expectEnded(region.address(), region.rkey(), CompletionStatus.REMOTE_ACCESS_ERROR, 2);
        }
    }

    @EveryDoor
    void c55_bytesOutsideTheRegionAreRefused() {
        expectEnded(server.region().address() + Side.REGION_BYTES - 4, server.region().rkey(),
            CompletionStatus.REMOTE_ACCESS_ERROR, 1);
    }

    @EveryDoor
    void c55_aRegionOfAnotherDomainIsRefused() {
        try (ProtectionDomain other = server.rnic().allocateProtectionDomain();
            Arena arena = Arena.ofShared();
            MemoryRegion region =
                other.registerMemory(arena.allocate(8, 8), Access.LOCAL_WRITE, Access.REMOTE_ATOMIC)) {
            expectEnded(region.address(), region.rkey(), CompletionStatus.REMOTE_ACCESS_ERROR, 3);
        }
    }

    @EveryDoor
    void c55_aQueuePairThatDeniesItRefuses() throws InterruptedException {
        try (QueuePair source = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
            QueuePair sink = server.domain().createQueuePair(
                QueuePairOptions.of(server.sends()).withAccess(Access.REMOTE_READ, Access.REMOTE_WRITE))) {
            ConnectedPair.connect(source, server.rnic(), sink);
            source.postSend(add(0, 1).sge(client.region(), 0, 8).signalled(true));
            assertThat(client.awaitSend()).hasStatus(CompletionStatus.REMOTE_ACCESS_ERROR).hasTerminate(0, 1, 2);
            expectUntouched();
        }
    }

    @EveryDoor
    void c55_aPlaceForTheOriginalValueThatCannotBeWrittenIsALocalProtectionError() {
        try (MemoryRegion sink = client.register(8)) {
            assertThat(post(add(0, 1).sge(sink, 0, 8))).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
            expectUntouched();
        }
    }

    @EveryDoor
    void c55_anAtomicWithoutAPlaceOf8BytesIsRefusedAtThePost() {
        final List<SendRequest> wrong = List.of(add(0, 1), add(0, 1).sge(client.region(), 0, 7),
            add(0, 1).sge(client.region(), 0, 16), add(0, 1).sge(client.region(), 0, 4).sge(client.region(), 4, 4),
            add(0, 1).inline(client.memory(), 0, 8));
        for (final SendRequest request : wrong) {
            expectRefused(RnicError.INVALID_ARGUMENT, 0, () -> client.queuePair().postSend(request));
        }
        assertThat(post(add(0, 1).sge(client.region(), 0, 8))).succeeded();
    }

    /** On loopback alone: iWARP has no message for it (RFC 7306 §6). */
    @OverLoopback
    void c56_aSendBringsImmediateData() {
        server.receive(1, 0, 64);
        server.receive(2, 64, 64);
        client.queuePair().postSend(
            new SendRequest().sendWithImmediate(1, 0x1122_3344_5566_7788L).sge(client.region(), 0, 20));
        assertThat(post(new SendRequest().sendWithImmediate(2, 0))).succeeded().hasOpcode(CompletionOpcode.SEND);
        final List<CompletedRequest> received = Completions.await(server.receives(), 2);
        assertThat(received).extracting(CompletedRequest::immediateData).containsExactly(0x1122_3344_5566_7788L, 0L);
        assertThat(received).allMatch(CompletedRequest::hasImmediateData)
            .extracting(CompletedRequest::opcode).containsOnly(CompletionOpcode.RECEIVE);
        assertThat(received).extracting(CompletedRequest::byteLength).containsExactly(20, 0);
        assertThat(server.bytes(0, 20)).containsOnly(0x5a);
        assertThat(server.bytes(20, 100)).containsOnly(0x77);
    }

    /** As above. */
    @OverTcp
    void c56_aSendWithImmediateDataIsRefusedWhereTheLinkHasNone() {
        server.receive(1, 0, 64);
        assertThat(post(new SendRequest().sendWithImmediate(1, 5).sge(client.region(), 0, 20)))
            .hasStatus(CompletionStatus.LOCAL_QP_OPERATION_ERROR).hasNoTerminate();
        assertThat(server.awaitReceive()).wasFlushed();
        expectUntouched();
    }

    @EveryDoor
    void c56_aPlainSendBringsNone() {
        server.receive(1, 0, 64);
        assertThat(post(new SendRequest().send(1).sge(client.region(), 0, 8))).succeeded();
        final CompletedRequest received = server.awaitReceive();
        assertThat(received.hasImmediateData()).isFalse();
        assertThat(received.immediateData()).isZero();
        assertThat(received.invalidatedStag()).isZero();
    }

    @EveryDoor
    void c56_aWriteBringsImmediateDataAndTakesAReceive() {
        server.receive(1, 0, 64);
        assertThat(post(new SendRequest().writeWithImmediate(2, server.region().address() + 128,
            server.region().rkey(), -7).sge(client.region(), 0, 100))).succeeded()
            .hasOpcode(CompletionOpcode.RDMA_WRITE);
        final CompletedRequest received = server.awaitReceive();
        assertThat(received).succeeded().hasWrId(1).hasOpcode(CompletionOpcode.RECEIVE_RDMA_WITH_IMMEDIATE)
            .hasByteLength(100);
        assertThat(received.immediateData()).isEqualTo(-7);
        assertThat(server.bytes(0, 128)).as("the receive's memory").containsOnly(0x77);
        assertThat(server.bytes(128, 100)).containsOnly(0x5a);
    }

    @EveryDoor
    void c56_aWriteWithImmediateDataNeedsAReceive() {
        Refusal.byTheServer(pair, post(new SendRequest().writeWithImmediate(1, 0, 0, 5)),
            CompletionStatus.REMOTE_INVALID_REQUEST_ERROR, 1, 2, 2);
    }

    @EveryDoor
    void c56_aWriteWithImmediateDataThatIsRefusedTakesNoReceive() {
        server.receive(1, 0, 64);
        Refusal.byTheServer(pair, post(new SendRequest().writeWithImmediate(1, server.region().address(),
            server.region().rkey() ^ 1, 5).sge(client.region(), 0, 8)), CompletionStatus.REMOTE_ACCESS_ERROR, 1, 1, 0);
        assertThat(server.awaitReceive()).wasFlushed();
        expectUntouched();
    }

    @EveryDoor
    void c56_immediateDataIsSolicitedIfItIsSentSo() throws InterruptedException {
        try (CompletionChannel channel = server.rnic().createCompletionChannel();
            CompletionQueue queue = server.rnic().createCompletionQueue(16, channel);
            QueuePair sink = server.domain().createQueuePair(QueuePairOptions.of(queue));
            QueuePair source = client.domain().createQueuePair(QueuePairOptions.of(client.sends()))) {
            ConnectedPair.connect(source, server.rnic(), sink);
            for (int i = 0; i < 4; i++) {
                sink.postReceive(new ReceiveRequest().receive(i).sge(server.region(), 0, 8));
            }
            queue.requestNotification(true);
            source.postSend(new SendRequest().writeWithImmediate(1, 0, 0, 1));
            source.postSend(new SendRequest().writeWithImmediate(2, 0, 0, 2));
            assertThat(Completions.await(queue, 2)).extracting(CompletedRequest::immediateData)
                .containsExactly(1L, 2L);
            assertThat(channel.await(Duration.ZERO)).as("not solicited").isNull();
            source.postSend(new SendRequest().writeWithImmediate(3, 0, 0, 3).solicited(true));
            assertThat(channel.await(Completions.PATIENCE)).isSameAs(queue);
            assertThat(Completions.awaitOne(queue).immediateData()).isEqualTo(3);
        }
    }

    /** On loopback alone: iWARP has no message for it (RFC 7306 §6). */
    @OverLoopback
    void c56_immediateDataOfASendIsSolicitedIfItIsSentSo() throws InterruptedException {
        try (CompletionChannel channel = server.rnic().createCompletionChannel();
            CompletionQueue queue = server.rnic().createCompletionQueue(16, channel);
            QueuePair sink = server.domain().createQueuePair(QueuePairOptions.of(queue));
            QueuePair source = client.domain().createQueuePair(QueuePairOptions.of(client.sends()))) {
            ConnectedPair.connect(source, server.rnic(), sink);
            for (int i = 0; i < 2; i++) {
                sink.postReceive(new ReceiveRequest().receive(i).sge(server.region(), 0, 8));
            }
            queue.requestNotification(true);
            source.postSend(new SendRequest().sendWithImmediate(1, 1).inline(client.memory(), 0, 8));
            assertThat(Completions.awaitOne(queue).immediateData()).isEqualTo(1);
            assertThat(channel.await(Duration.ZERO)).as("not solicited").isNull();
            source.postSend(
                new SendRequest().sendWithImmediate(2, 2).inline(client.memory(), 0, 8).solicited(true));
            assertThat(channel.await(Completions.PATIENCE)).isSameAs(queue);
            assertThat(Completions.awaitOne(queue).immediateData()).isEqualTo(2);
        }
    }
}
