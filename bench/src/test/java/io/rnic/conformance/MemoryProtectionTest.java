package io.rnic.conformance;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.behaviour.EveryDoor;
import io.rnic.behaviour.OverTcp;
import io.rnic.behaviour.RawPeer;
import io.rnic.testing.Await;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;

/** Memory protection on one's own side: 22, 23, 31 to 33, 35, 36, 38, 40. */
class MemoryProtectionTest {
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

    private void expectNotRegistered(final String why, final MemorySegment segment, final Access... access) {
        final Map<String, Long> before = held();
        expectRefused(RnicError.INVALID_ARGUMENT, () -> client.domain().registerMemory(segment, access))
            .hasMessageContaining(why);
        assertThat(held()).as("nothing is left of it").isEqualTo(before);
    }

    private Map<String, Long> held() {
        final Map<String, Long> counters = client.rnic().counters();
        counters.keySet().retainAll(Set.of("device.memoryRegions", "device.pinnedBytes", "process.lockedBytes"));
        return counters;
    }

    @EveryDoor
    void c22_remoteWriteWithoutLocalWriteIsRefused() {
        expectNotRegistered("LOCAL_WRITE", Arena.ofAuto().allocate(8), Access.REMOTE_WRITE);
        expectNotRegistered("LOCAL_WRITE", Arena.ofAuto().allocate(8), Access.REMOTE_READ, Access.REMOTE_WRITE);
        expectNotRegistered("LOCAL_WRITE", Arena.ofAuto().allocate(8), Access.REMOTE_ATOMIC);
    }

    @EveryDoor
    void c23_localReadIsAlwaysAllowed() {
        try (MemoryRegion noAccess = client.register(8)) {
            noAccess.segment().set(ValueLayout.JAVA_LONG, 0, 0x0102_0304_0506_0708L);
            server.receive(1, 0, 8);
            client.queuePair().postSend(new SendRequest().write(2, server.region().address() + 8,
                server.region().rkey()).sge(noAccess, 0, 8).signalled(true));
            client.queuePair().postSend(new SendRequest().send(3).sge(noAccess, 0, 8).signalled(true));
            assertThat(Completions.await(client.sends(), 2)).extracting(CompletedRequest::status)
                .containsOnly(CompletionStatus.SUCCESS);
            assertThat(server.awaitReceive()).as("the Write before it is placed too").succeeded().hasByteLength(8);
        }
        assertThat(server.memory().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(0x0102_0304_0506_0708L);
        assertThat(server.memory().get(ValueLayout.JAVA_LONG, 8)).isEqualTo(0x0102_0304_0506_0708L);
    }

    @EveryDoor
    void c31_aReadSinkWithoutLocalWriteIsALocalProtectionError() {
        try (MemoryRegion sink = client.register(8)) {
            client.queuePair().postSend(
                new SendRequest().read(1, server.region().address(), server.region().rkey()).sge(sink, 0, 8));
            Refusal.byTheClient(pair, CompletionStatus.LOCAL_PROTECTION_ERROR);
            assertThat(sink.segment().get(ValueLayout.JAVA_LONG, 0)).isZero();
        }
        assertThat(client.rnic().counters()).containsEntry("device.reads", 0L);
    }

    /** The peer is told nothing but the end. */
    @OverTcp
    void c31_nothingIsSentForSuchASink(final Rnic rnic) throws Exception {
        try (Side side = Side.of(rnic);
            MemoryRegion sink = side.register(8);
            Listener listener = rnic.listen(ConnectedPair.anyPort());
            RawPeer peer = RawPeer.connect(listener, side.queuePair())) {
            side.receive(1, 64, 8);
            peer.send(RawPeer.send(1, new byte[8])); // who was asked may send then
            assertThat(side.awaitReceive()).succeeded();
            side.queuePair().postSend(new SendRequest().read(2, 0x1000, 7).sge(sink, 0, 8));
            peer.expectEnd();
            assertThat(side.awaitSend()).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR).hasNoTerminate();
        }
    }

    @EveryDoor
    void c36_aDomainInUseIsNotDeallocated(final Rnic rnic) {
        final ProtectionDomain domain = rnic.allocateProtectionDomain();
        final MemoryRegion region = domain.registerMemory(Arena.ofAuto().allocate(8));
        expectRefused(RnicError.BUSY, domain::close);
        region.close();
        try (Side side = Side.of(rnic)) {
            expectRefused(RnicError.BUSY, side.domain()::close);
            final QueuePair queuePair = domain.createQueuePair(QueuePairOptions.of(side.sends()));
            assertThatThrownBy(domain::close).hasMessageContaining("queue pair " + queuePair.number());
            queuePair.close();
        }
        domain.close();
    }

    @EveryDoor
    void c38_heapAndReadOnlyMemoryForWritingAreRefusedWithTheReason() {
        expectNotRegistered("heap", MemorySegment.ofArray(new byte[8]));
        final MemorySegment readOnly = Arena.ofAuto().allocate(8).asReadOnly();
        expectNotRegistered("read-only", readOnly, Access.LOCAL_WRITE);
        try (MemoryRegion forReading = client.domain().registerMemory(readOnly, Access.REMOTE_READ)) {
            assertThat(forReading.length()).isEqualTo(8);
        }
    }

    @EveryDoor
    void c40_anLkeyOfAnotherDomainIsALocalProtectionError() throws InterruptedException {
        final long address = server.region().address();
        final int rkey = server.region().rkey();
        try (ProtectionDomain other = client.rnic().allocateProtectionDomain();
            MemoryRegion region = other.registerMemory(Arena.ofAuto().allocate(8), Access.LOCAL_WRITE)) {
            for (final SendRequest request : List.of(new SendRequest().write(1, address, rkey),
                new SendRequest().send(2), new SendRequest().read(3, address, rkey),
                new SendRequest().fetchAndAdd(4, address, rkey, 1),
                new SendRequest().compareAndSwap(5, address, rkey, 1, 2))) {
                client.queuePair().postSend(request.sge(region, 0, 8));
                Refusal.byTheClient(pair, CompletionStatus.LOCAL_PROTECTION_ERROR);
                pair.reconnect();
            }
            assertThat(region.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, 0)).isZero();
        }
    }

    @EveryDoor
    void c40_soIsSuchAKeyOfAReceive() {
        try (ProtectionDomain other = server.rnic().allocateProtectionDomain();
            MemoryRegion region = other.registerMemory(Arena.ofAuto().allocate(8), Access.LOCAL_WRITE)) {
            server.queuePair().postReceive(new ReceiveRequest().receive(1).sge(region, 0, 8));
            client.send(2, 0, 8);
            assertThat(server.awaitReceive()).hasWrId(1).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
            Refusal.byTheServer(pair, CompletionStatus.REMOTE_OPERATION_ERROR, 1, 0, 0);
            assertThat(region.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, 0)).isZero();
        }
    }

    private void writeThrough(final QueuePair source, final MemoryRegion region) {
        source.postSend(new SendRequest().write(1, region.address(), region.rkey()).sge(client.region(), 0, 8)
            .signalled(true));
    }

    @EveryDoor
    void c32_aQueuePairsAccessFlagsDenyWhatTheRegionAllows() throws InterruptedException {
        try (QueuePair source = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
            QueuePair sink = server.domain().createQueuePair(
                QueuePairOptions.of(server.sends()).withAccess(Access.REMOTE_READ))) {
            ConnectedPair.connect(source, server.rnic(), sink);
            source.postSend(new SendRequest().read(1, server.region().address(), server.region().rkey())
                .sge(client.region(), 64, 8).signalled(true));
            assertThat(client.awaitSend()).succeeded();
            writeThrough(source, server.region());
            Refusal.ofRequest(
                pair, client.awaitSend(), source, sink, CompletionStatus.REMOTE_ACCESS_ERROR, 0, 1, 2);
            assertThat(server.bytes(0, 8)).containsOnly(0x77);
        }
    }

    @EveryDoor
    void c32_aQueuePairThatDeniesReadsLetsWritesPass() throws InterruptedException {
        try (QueuePair source = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
            QueuePair sink = server.domain().createQueuePair(
                QueuePairOptions.of(server.sends()).withAccess(Access.REMOTE_WRITE))) {
            ConnectedPair.connect(source, server.rnic(), sink);
            writeThrough(source, server.region());
            assertThat(client.awaitSend()).succeeded();
            source.postSend(new SendRequest().read(1, server.region().address(), server.region().rkey())
                .sge(client.region(), 64, 8).signalled(true));
            assertThat(client.awaitSend()).hasStatus(CompletionStatus.REMOTE_ACCESS_ERROR).hasTerminate(0, 1, 2);
        }
    }

    @EveryDoor
    void c33_reRegistrationIsInForceAtTheNextOperationAndCanBeTakenBack() throws InterruptedException {
        try (MemoryRegion region = server.register(8, Access.LOCAL_WRITE, Access.REMOTE_WRITE);
            QueuePair source = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
            QueuePair sink = server.domain().createQueuePair(QueuePairOptions.of(server.sends()))) {
            ConnectedPair.connect(source, server.rnic(), sink);
            final int rkey = region.rkey();
            writeThrough(client.queuePair(), region);
            assertThat(client.awaitSend()).succeeded();
            client.awaitPlaced();
            region.segment().fill((byte) 3);
            region.reregister(Access.LOCAL_WRITE, Access.REMOTE_READ);
            writeThrough(client.queuePair(), region);
            Refusal.byTheServer(pair, client.awaitSend(), CompletionStatus.REMOTE_ACCESS_ERROR, 0, 1, 2);
            assertThat(region.segment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(3);
            region.reregister(Access.LOCAL_WRITE, Access.REMOTE_WRITE);
            assertThat(region.rkey()).isEqualTo(rkey);
            writeThrough(source, region);
            assertThat(client.awaitSend()).succeeded();
            Await.until("what is allowed again is placed",
                () -> region.segment().get(ValueLayout.JAVA_LONG, 0) == 0x5a5a_5a5a_5a5a_5a5aL);
        }
    }

    @EveryDoor
    void c33_nothingIsPlacedOnceTheReRegistrationThatForbidsItHasReturned() throws Exception {
        for (int round = 0; round < PeerWrites.rounds(pair); round++) {
            try (MemoryRegion region = PeerWrites.region(pair, Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
                PeerWrites.expectNoneAfter(pair, region, region.rkey(), Diagnosis.Check.ACCESS,
                    () -> region.reregister(Access.LOCAL_WRITE, Access.REMOTE_READ));
            }
        }
    }

    @EveryDoor
    void c33_aRegionForLocalUseIsReachedAfterReRegistration() {
        try (MemoryRegion region = server.register(64, Access.LOCAL_WRITE)) {
            server.queuePair().postReceive(new ReceiveRequest().receive(1).sge(region, 0, 8));
            client.send(1, 0, 8);
            assertThat(client.awaitSend()).succeeded();
            client.awaitPlaced();
            region.reregister(Access.LOCAL_WRITE, Access.REMOTE_READ);
            client.read(2, 8, 8, region.address(), region.rkey());
            assertThat(client.awaitSend()).succeeded();
            assertThat(client.bytes(8, 8)).as("the message was placed before").containsOnly(0x5a);
            region.segment().fill((byte) 4);
            assertThat(server.awaitReceive()).succeeded().hasByteLength(8);
            assertThat(region.segment().toArray(ValueLayout.JAVA_BYTE)).as("and not again").containsOnly(4);
        }
    }

    @EveryDoor
    void c33_anInvalidatedRegionIsValidAgain() {
        try (MemoryRegion region = server.register(8, Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            server.queuePair().postSend(new SendRequest().localInvalidate(1, region.rkey()).signalled(true));
            assertThat(server.awaitSend()).succeeded();
            region.reregister(Access.LOCAL_WRITE, Access.REMOTE_WRITE);
            writeThrough(client.queuePair(), region);
            assertThat(client.awaitSend()).succeeded();
            client.awaitPlaced();
        }
    }

    @EveryDoor
    void c33_whatIsRefusedChangesNothing() {
        final MemoryRegion region = server.register(8, Access.LOCAL_WRITE, Access.REMOTE_WRITE);
        expectRefused(RnicError.INVALID_ARGUMENT, () -> region.reregister(Access.REMOTE_WRITE));
        writeThrough(client.queuePair(), region);
        assertThat(client.awaitSend()).succeeded();
        client.awaitPlaced();
        region.close();
        expectRefused(RnicError.CLOSED, () -> region.reregister(Access.LOCAL_WRITE));
    }

    @EveryDoor
    void c35_aRegionWithABoundWindowIsInUse() {
        final MemoryRegion region = server.register(64, Access.LOCAL_WRITE, Access.MW_BIND);
        try (MemoryWindow window = server.domain().allocateMemoryWindow()) {
            server.queuePair().postSend(
                new SendRequest().bind(1, window, region, 0, 64, Access.REMOTE_WRITE).signalled(true));
            assertThat(server.awaitSend()).succeeded();
            expectRefused(RnicError.BUSY, region::close).hasMessageContaining("1 memory window");
            expectRefused(RnicError.BUSY, () -> region.reregister(Access.LOCAL_WRITE));
            client.write(2, 0, 8, region.address(), window.rkey());
            assertThat(client.awaitSend()).as("nothing has happened").succeeded();
            client.awaitPlaced();
            server.queuePair().postSend(new SendRequest().localInvalidate(3, window.rkey()).signalled(true));
            assertThat(server.awaitSend()).succeeded();
            region.close();
        }
    }

    @EveryDoor
    void c36_aDomainWithAWindowIsInUse() {
        try (ProtectionDomain domain = client.rnic().allocateProtectionDomain();
            MemoryWindow window = domain.allocateMemoryWindow()) {
            expectRefused(RnicError.BUSY, domain::close).hasMessageContaining("memory window");
            assertThat(client.rnic().counters()).containsEntry("device.memoryWindows", 1L);
            assertThat(window.rkey()).isNotZero();
        }
        assertThat(client.rnic().counters()).containsEntry("device.memoryWindows", 0L);
    }
}
