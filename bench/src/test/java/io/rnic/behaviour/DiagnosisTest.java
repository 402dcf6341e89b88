package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.Await;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.foreign.Arena;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;

/** A queue pair in ERROR says which check failed, for what, and what the region is, on both sides. */
class DiagnosisTest {
    private static final int LOCAL_WRITE = Access.LOCAL_WRITE.bit();
    private static final int REMOTE_WRITE = Access.REMOTE_WRITE.bit();
    private static final int REMOTE_READ = Access.REMOTE_READ.bit();
    private static final int ALL = Access.bits(Access.values());

    private ConnectedPair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair given) {
        pair = given;
        client = pair.client();
        server = pair.server();
    }

    /** Waits until the client's request has failed, and says why. */
    private Diagnosis failed() {
        assertThat(client.awaitSend().status()).isNotEqualTo(CompletionStatus.SUCCESS);
        return client.awaitDiagnosis();
    }

    /** The same of a Send or Write that the peer refuses: over TCP it was done before. */
    private Diagnosis refused() {
        if (pair.acknowledges()) {
            return failed();
        }
        assertThat(client.awaitSend().status()).isEqualTo(CompletionStatus.SUCCESS);
        return client.awaitDiagnosis();
    }

    private static Diagnosis of(final QueuePair queuePair) {
        return Await.diagnosis(queuePair);
    }

    private static void assertAsked(
        final Diagnosis diagnosis, final int stag, final int access, final long address, final long length) {
        assertThat(diagnosis.stag()).isEqualTo(stag);
        assertThat(diagnosis.access()).isEqualTo(access);
        assertThat(diagnosis.address()).isEqualTo(address);
        assertThat(diagnosis.length()).isEqualTo(length);
    }

    private static void assertRegion(final Diagnosis diagnosis, final MemoryRegion region, final int access) {
        final Diagnosis.Region found = Objects.requireNonNull(diagnosis.region(), "region");
        assertThat(found.address()).isEqualTo(region.address());
        assertThat(found.length()).isEqualTo(region.length());
        assertThat(found.access()).isEqualTo(access);
    }

    /** What a Terminate says of the region: nothing. */
    private void assertPeersRegion(final Diagnosis asked, final MemoryRegion region, final int access) {
        if (pair.acknowledges()) {
            assertRegion(asked, region, access);
        } else {
            assertThat(asked.region()).isNull();
        }
        assertRegion(of(server.queuePair()), region, access);
    }

    /**
     * The server tells the same as the client, but that it refused, and no request of its own. Over TCP the client
     * knows what the Terminate says.
     */
    private void assertRefusedByServer(final Diagnosis asked) {
        final Diagnosis refused = of(server.queuePair());
        assertThat(asked.byPeer()).isTrue();
        assertThat(refused.byPeer()).isFalse();
        assertThat(refused.wrId()).isNull();
        if (pair.acknowledges()) {
            assertThat(asked.check()).isEqualTo(refused.check());
            assertThat(asked.region()).isEqualTo(refused.region());
        } else {
            assertThat(asked.check()).isEqualTo(refused.check() == Check.MEMORY ? Check.STAG : refused.check());
        }
        assertThat(refused.terminate()).isEqualTo(asked.terminate());
        assertThat(refused.queuePairNumber()).isEqualTo(server.queuePair().number());
        assertAsked(refused, asked.stag(), asked.access(), asked.address(), asked.length());
    }

    @EveryDoor
    void shouldHaveNothingToSayOfAQueuePairThatWorks() {
        client.write(1, 0, 8, server.region().address(), server.region().rkey());
        client.awaitSend();
        assertThat(client.queuePair().diagnosis()).isNull();
        assertThat(server.queuePair().diagnosis()).isNull();
    }

    @EveryDoor
    void shouldNameALocalKeyThatNobodyHas() {
        final int key = client.region().lkey() ^ 1;
        client.queuePair().postSend(new SendRequest().send(77).sge(client.region().address() + 16, 8, key));
        final Diagnosis diagnosis = failed();
        assertThat(diagnosis.check()).isEqualTo(Check.STAG);
        assertThat(diagnosis.byPeer()).isFalse();
        assertThat(diagnosis.wrId()).isEqualTo(77);
        assertThat(diagnosis.operation()).isEqualTo(CompletionOpcode.SEND);
        assertThat(diagnosis.queuePairNumber()).isEqualTo(client.queuePair().number());
        assertThat(diagnosis.region()).isNull();
        assertThat(diagnosis.terminate()).isZero();
        assertAsked(diagnosis, key, 0, client.region().address() + 16, 8);
        assertThat(of(server.queuePair()).check()).isEqualTo(Check.PEER_DISCONNECTED);
    }

    @EveryDoor
    void shouldNameTheSecondPieceIfThatIsTheBadOne() {
        client.queuePair().postSend(
            new SendRequest().send(5).sge(client.region(), 0, 8).sge(client.region(), Side.REGION_BYTES - 4, 8));
        final Diagnosis diagnosis = failed();
        assertThat(diagnosis.check()).isEqualTo(Check.BOUNDS);
        assertAsked(diagnosis, client.region().lkey(), 0, client.region().address() + Side.REGION_BYTES - 4, 8);
        assertRegion(diagnosis, client.region(), ALL);
    }

    @EveryDoor
    void shouldSayThatAReadsSinkMayNotBeWritten() {
        try (MemoryRegion sink = client.register(64)) {
            client.queuePair().postSend(
                new SendRequest().read(6, server.region().address(), server.region().rkey()).sge(sink, 8, 16));
            final Diagnosis diagnosis = failed();
            assertThat(diagnosis.check()).isEqualTo(Check.ACCESS);
            assertThat(diagnosis.operation()).isEqualTo(CompletionOpcode.RDMA_READ);
            assertAsked(diagnosis, sink.lkey(), LOCAL_WRITE, sink.address() + 8, 16);
            assertRegion(diagnosis, sink, 0);
        }
    }

    @EveryDoor
    void shouldSayOnBothSidesThatAWriteLiesOutside() {
        client.write(9, 0, 16, server.region().address() + Side.REGION_BYTES - 8, server.region().rkey());
        final Diagnosis diagnosis = refused();
        assertThat(diagnosis.check()).isEqualTo(Check.BOUNDS);
        assertThat(diagnosis.wrId()).isEqualTo(pair.acknowledges() ? 9L : null);
        assertThat(diagnosis.terminate()).isEqualTo(0x11101);
        assertAsked(
            diagnosis, server.region().rkey(), REMOTE_WRITE, server.region().address() + Side.REGION_BYTES - 8, 16);
        assertPeersRegion(diagnosis, server.region(), ALL);
        assertRefusedByServer(diagnosis);
        final Diagnosis.Region told = diagnosis.region();
        assertThat(diagnosis).hasToString("queue pair " + client.queuePair().number() + ": RDMA_WRITE"
            + (pair.acknowledges() ? " wr_id=9" : "")
            + " refused by the peer: BOUNDS, outside the region; asked for 16 bytes at 0x"
            + Long.toHexString(server.region().address() + Side.REGION_BYTES - 8) + " of STag 0x"
            + String.format("%08x", server.region().rkey()) + " for REMOTE_WRITE from protection domain "
            + diagnosis.domain() + (told == null ? "" : "; the region: 65536 bytes at 0x"
                + Long.toHexString(server.region().address())
                + " for LOCAL_WRITE|REMOTE_WRITE|REMOTE_READ|REMOTE_ATOMIC|MW_BIND in protection domain "
                + told.domain()) + "; Terminate 1/1/1");
    }

    @EveryDoor
    void shouldSayOnBothSidesThatAReadIsNotAllowed() {
        try (MemoryRegion source = server.register(64, Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            client.read(10, 0, 8, source.address(), source.rkey());
            final Diagnosis diagnosis = failed();
            assertThat(diagnosis.check()).isEqualTo(Check.ACCESS);
            assertThat(diagnosis.terminate()).isEqualTo(0x10102);
            assertAsked(diagnosis, source.rkey(), REMOTE_READ, source.address(), 8);
            assertPeersRegion(diagnosis, source, LOCAL_WRITE | REMOTE_WRITE);
            assertRefusedByServer(diagnosis);
        }
    }

    @EveryDoor
    void shouldSayThatARegionIsOfAnotherDomain() {
        try (ProtectionDomain other = server.rnic().allocateProtectionDomain(); Arena arena = Arena.ofShared();
            MemoryRegion target = other.registerMemory(arena.allocate(8), Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            client.write(11, 0, 8, target.address(), target.rkey());
            final Diagnosis diagnosis = refused();
            assertThat(diagnosis.check()).isEqualTo(Check.DOMAIN);
            final Diagnosis refused = of(server.queuePair());
            assertThat(Objects.requireNonNull(refused.region()).domain()).isNotEqualTo(refused.domain());
            assertRegion(refused, target, LOCAL_WRITE | REMOTE_WRITE);
            assertThat(diagnosis.region()).as("who asks is told nothing of another domain's memory").isNull();
            assertThat(refused.byPeer()).isFalse();
            assertAsked(diagnosis, target.rkey(), REMOTE_WRITE, target.address(), 8);
            assertAsked(refused, target.rkey(), REMOTE_WRITE, target.address(), 8);
        }
    }

    @EveryDoor
    void shouldTellNothingOfAnotherDomainsMemory() {
        try (MemoryRegion secret = server.register(12_345, Access.LOCAL_WRITE)) {
            client.queuePair().postSend(new SendRequest().send(1).sge(123_456, 8, secret.lkey()));
            final Diagnosis diagnosis = failed();
            assertThat(diagnosis.check()).isEqualTo(Check.DOMAIN);
            assertAsked(diagnosis, secret.lkey(), 0, 123_456, 8);
            assertThat(diagnosis.region()).isNull();
        }
    }

    @EveryDoor
    @SuppressWarnings("MustBeClosedChecker") // it is closed under the registration
    void shouldSayThatTheMemoryOfARegionIsGone() {
        final Arena arena = Arena.ofShared();
        try (MemoryRegion target = server.domain().registerMemory(
            arena.allocate(64), Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            arena.close();
            client.write(12, 0, 8, target.address(), target.rkey());
            final Diagnosis diagnosis = refused();
            assertThat(of(server.queuePair()).check()).isEqualTo(Check.MEMORY);
            assertAsked(diagnosis, target.rkey(), REMOTE_WRITE, target.address(), 8);
            assertRefusedByServer(diagnosis);
        }
    }

    @EveryDoor
    @SuppressWarnings("MustBeClosedChecker") // it is closed under the registration
    void shouldSayThatTheLocalMemoryIsGone() {
        final Arena arena = Arena.ofShared();
        try (MemoryRegion source = client.domain().registerMemory(arena.allocate(64))) {
            arena.close();
            client.queuePair().postSend(
                new SendRequest().write(13, server.region().address(), server.region().rkey()).sge(source, 0, 8));
            final Diagnosis diagnosis = failed();
            assertThat(diagnosis.check()).isEqualTo(Check.MEMORY);
            assertThat(diagnosis.byPeer()).isFalse();
            assertThat(diagnosis.stag()).isEqualTo(source.lkey());
        }
    }

    @EveryDoor
    void shouldSayThatNoReceiveWasPosted() {
        client.send(14, 0, 100);
        final Diagnosis diagnosis = refused();
        assertThat(diagnosis.check()).isEqualTo(Check.NO_RECEIVE);
        assertThat(diagnosis.length()).isEqualTo(100);
        assertThat(diagnosis.terminate()).isEqualTo(0x11202);
        assertThat(diagnosis).asString().startsWith("queue pair " + client.queuePair().number()
            + ": SEND wr_id=14 refused by the peer: NO_RECEIVE, no receive was posted; 100 bytes");
        assertThat(of(server.queuePair()).operation()).isEqualTo(CompletionOpcode.RECEIVE);
    }

    @EveryDoor
    void shouldNameTheReceiveThatIsTooShort() {
        server.receive(100, 0, 64);
        server.receive(101, 64, 8);
        client.send(15, 0, 64);
        client.awaitSend();
        client.send(16, 0, 64);
        final Diagnosis diagnosis = refused();
        assertThat(diagnosis.check()).isEqualTo(Check.RECEIVE_LENGTH);
        assertThat(diagnosis.wrId()).isEqualTo(16);
        final Diagnosis refused = of(server.queuePair());
        assertThat(refused.check()).isEqualTo(Check.RECEIVE_LENGTH);
        assertThat(refused.operation()).isEqualTo(CompletionOpcode.RECEIVE);
        assertThat(refused.wrId()).isEqualTo(101);
        assertThat(refused.length()).isEqualTo(64);
    }

    @EveryDoor
    void shouldNameTheReceivesBadPiece() {
        server.queuePair().postReceive(
            new ReceiveRequest().receive(102).sge(server.region().address(), 64, server.region().lkey() ^ 1));
        client.send(17, 0, 64);
        final Diagnosis diagnosis = refused();
        assertThat(diagnosis.check()).isEqualTo(pair.acknowledges() ? Check.STAG : Check.TERMINATE);
        assertThat(diagnosis.terminate()).isEqualTo(0x11000);
        final Diagnosis refused = of(server.queuePair());
        assertThat(refused.wrId()).isEqualTo(102);
        assertAsked(refused, server.region().lkey() ^ 1, LOCAL_WRITE, server.region().address(), 64);
    }

    @EveryDoor
    void shouldTellWhoEndedAConnection() {
        client.queuePair().disconnect();
        assertThat(of(client.queuePair()).check()).isEqualTo(Check.DISCONNECTED);
        assertThat(of(server.queuePair()).check()).isEqualTo(Check.PEER_DISCONNECTED);
        assertThat(of(server.queuePair())).hasToString("queue pair " + server.queuePair().number()
            + ": PEER_DISCONNECTED, the peer ended the connection");
    }

    @EveryDoor
    void shouldSayThatAQueuePairWasMovedToErrorBeforeItWasConnected() {
        try (QueuePair queuePair = client.domain().createQueuePair(QueuePairOptions.of(client.sends()))) {
            queuePair.modify(QueuePairState.ERROR);
            assertThat(of(queuePair).check()).isEqualTo(Check.MOVED_TO_ERROR);
            assertThat(of(queuePair)).hasToString("queue pair " + queuePair.number()
                + ": MOVED_TO_ERROR, it was moved to ERROR while it was not connected");
        }
    }

    @EveryDoor
    void shouldSayOnBothSidesWhatAnAtomicAskedFor() {
        final int rkey = server.region().rkey() ^ 1;
        client.write(6, 0, 8, server.region().address(), server.region().rkey());
        client.awaitSend();
        client.queuePair().postSend(new SendRequest().fetchAndAdd(7, server.region().address() + 8, rkey, 1)
            .sge(client.region(), 0, 8).signalled(true));
        final Diagnosis diagnosis = failed();
        assertThat(diagnosis.check()).isEqualTo(Check.STAG);
        assertThat(diagnosis.operation()).isEqualTo(CompletionOpcode.ATOMIC_FETCH_AND_ADD);
        assertThat(diagnosis.wrId()).isEqualTo(7);
        assertAsked(diagnosis, rkey, Access.REMOTE_ATOMIC.bit(), server.region().address() + 8, 8);
        assertRefusedByServer(diagnosis);
    }

    @EveryDoor
    void shouldSayWhichSendAskedForWhichInvalidation() {
        final int rkey = server.region().rkey() ^ 1;
        for (int i = 0; i < 3; i++) {
            server.receive(i, 0, 8);
        }
        client.send(5, 0, 8);
        client.awaitSend();
        client.write(6, 0, 8, server.region().address(), server.region().rkey());
        client.awaitSend();
        client.queuePair().postSend(
            new SendRequest().sendWithInvalidate(7, rkey).sge(client.region(), 0, 8).signalled(true));
        final Diagnosis diagnosis = refused();
        assertThat(diagnosis.wrId()).isEqualTo(7);
        assertThat(diagnosis.stag()).isEqualTo(rkey);
        assertThat(diagnosis.toString()).contains(
            "; asked for the invalidation of STag 0x" + String.format("%08x", rkey) + " from protection domain ");
        final Diagnosis refused = of(server.queuePair());
        assertThat(refused.check()).isEqualTo(Check.STAG);
        assertThat(refused.toString()).contains("; asked for the invalidation of STag 0x").doesNotContain(" bytes");
    }

    @EveryDoor
    void shouldSayThatALocalInvalidationWasAskedFor() {
        final int key = client.region().lkey() ^ 1;
        client.queuePair().postSend(new SendRequest().localInvalidate(8, key).signalled(true));
        final Diagnosis diagnosis = failed();
        assertThat(diagnosis).hasToString("queue pair " + client.queuePair().number()
            + ": LOCAL_INVALIDATE wr_id=8: STAG, no memory region has this STag; asked for the invalidation of STag 0x"
            + String.format("%08x", key) + " from protection domain " + diagnosis.domain());
    }

    @EveryDoor
    void shouldSayThatItIsTheWindowThatIsOfAnotherDomain() {
        try (MemoryWindow window = server.domain().allocateMemoryWindow()) {
            final SendRequest request = new SendRequest().bind(5, window, client.region(), 0, 8, Access.REMOTE_READ);
            client.queuePair().postSend(request.signalled(true));
            final Diagnosis diagnosis = failed();
            assertThat(diagnosis.check()).isEqualTo(Check.DOMAIN);
            assertThat(diagnosis.stag() >>> 8).isEqualTo(window.rkey() >>> 8);
            assertThat(diagnosis.toString()).contains("DOMAIN, the memory window is of another protection domain;"
                + " asked for a binding of the memory window with STag 0x");
        }
    }

    @EveryDoor
    void shouldSayThatItIsTheRegionThatCannotBeBound() {
        try (MemoryWindow window = client.domain().allocateMemoryWindow();
            MemoryRegion region = client.register(64, Access.LOCAL_WRITE)) {
            client.queuePair().postSend(
                new SendRequest().bind(5, window, region, 0, 8, Access.REMOTE_READ).signalled(true));
            final Diagnosis diagnosis = failed();
            assertThat(diagnosis.check()).isEqualTo(Check.ACCESS);
            assertAsked(diagnosis, region.lkey(), Access.MW_BIND.bit(), region.address(), 8);
            assertRegion(diagnosis, region, LOCAL_WRITE);
        }
    }

    @OverTcp
    void shouldSayThatTheLinkHasNoMessageForIt() {
        client.queuePair().postSend(new SendRequest().sendWithImmediate(9, 5).signalled(true));
        final Diagnosis diagnosis = failed();
        assertThat(diagnosis.check()).isEqualTo(Check.OPCODE);
        assertThat(diagnosis.byPeer()).isFalse();
        assertThat(diagnosis.toString()).contains("over TCP none for a Send with immediate data");
    }

    @EveryDoor
    void shouldNameASharedReceiveWhosePlaceIsUsedAgain() throws InterruptedException {
        try (SharedReceiveQueue shared = server.domain().createSharedReceiveQueue(1, 1);
            QueuePair taker = server.domain().createQueuePair(
                QueuePairOptions.of(server.sends(), server.receives()).withSharedReceiveQueue(shared));
            QueuePair sender = client.domain().createQueuePair(QueuePairOptions.of(client.sends()))) {
            ConnectedPair.connect(sender, server.rnic(), taker);
            shared.postReceive(new ReceiveRequest().receive(111).sge(server.region(), 0, 4));
            sender.postSend(new SendRequest().send(1).sge(client.region(), 0, 8));
            assertThat(of(taker).wrId()).as("not polled yet").isEqualTo(111);
            assertThat(server.awaitReceive().wrId()).isEqualTo(111);
            shared.postReceive(new ReceiveRequest().receive(222).sge(server.region(), 0, 4));
            assertThat(of(taker).wrId()).isEqualTo(111);
        }
    }

    @EveryDoor
    void shouldForgetAtReset() {
        client.queuePair().disconnect();
        of(server.queuePair());
        client.queuePair().modify(QueuePairState.RESET);
        assertThat(client.queuePair().diagnosis()).isNull();
        assertThat(server.queuePair().diagnosis()).isNotNull();
    }

    @EveryDoor
    void shouldForgetTheNumberOfARequestWhosePlaceIsUsedAgain() {
        client.read(1, 0, 8, 0, 0);
        client.awaitSend();
        assertThat(of(client.queuePair()).wrId()).isEqualTo(1);
        for (int i = 0; i < 64; i++) {
            client.write(2 + i, 0, 8, 0, 0);
            client.awaitSend();
        }
        assertThat(of(client.queuePair()).wrId()).isNull();
    }

    @EveryDoor
    void shouldSayThatACompletionQueueOverran() throws InterruptedException {
        try (CompletionQueue small = client.rnic().createCompletionQueue(1);
            QueuePair queuePair = client.domain().createQueuePair(QueuePairOptions.of(small, small));
            QueuePair peer = server.domain().createQueuePair(QueuePairOptions.of(server.sends(), server.receives()))) {
            ConnectedPair.connect(queuePair, server.rnic(), peer);
            queuePair.postSend(new SendRequest().write(1, 0, 0).signalled(true));
            queuePair.postSend(new SendRequest().write(2, 0, 0).signalled(true));
            assertThat(of(queuePair).check()).isEqualTo(Check.COMPLETION_QUEUE);
            assertThat(of(queuePair).wrId()).isEqualTo(2);
        }
    }
}
