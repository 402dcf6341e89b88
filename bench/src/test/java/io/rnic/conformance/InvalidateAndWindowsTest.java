package io.rnic.conformance;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.EveryDoor;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;

/** STags that are made invalid, and memory windows: 47 to 52. */
class InvalidateAndWindowsTest {
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

    private static MemoryRegion target(final Side side) {
        return side.register(64, Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.REMOTE_READ);
    }

    private static CompletedRequest post(final Side side, final SendRequest request) {
        side.queuePair().postSend(request.signalled(true));
        return side.awaitSend();
    }

    private void expectNoWrite(final MemoryRegion region, final int rkey) {
        client.write(99, 0, 8, region.address(), rkey);
        expectEnded(client.awaitSend(), CompletionStatus.REMOTE_ACCESS_ERROR, 1, 1, 0);
        assertThat(region.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, 0)).isZero();
    }

    private void expectEnded(final CompletedRequest completed, final CompletionStatus status, final int layer,
        final int errorType, final int errorCode) {
        Refusal.byTheServer(pair, completed, status, layer, errorType, errorCode);
    }

    private MemoryWindow bind(final MemoryRegion region, final Access... access) {
        final MemoryWindow window = server.domain().allocateMemoryWindow();
        bind(window, region, region.length(), access);
        return window;
    }

    private void bind(
        final MemoryWindow window, final MemoryRegion region, final long length, final Access... access) {
        assertThat(post(server, new SendRequest().bind(1, window, region, 0, length, access))).succeeded()
            .hasOpcode(CompletionOpcode.BIND_MEMORY_WINDOW);
    }

    private MemoryRegion bindable() {
        return server.register(64, Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.MW_BIND);
    }

    @EveryDoor
    void c47_aSendWithInvalidateKillsTheStagBeforeTheReceiveCompletes() {
        try (MemoryRegion region = target(server)) {
            server.receive(1, 0, 100);
            assertThat(post(client, new SendRequest().sendWithInvalidate(2, region.rkey()).sge(client.region(), 0, 50)))
                .succeeded().hasOpcode(CompletionOpcode.SEND);
            final CompletedRequest received = server.awaitReceive();
            assertThat(received).succeeded().hasOpcode(CompletionOpcode.RECEIVE).hasByteLength(50);
            assertThat(received.invalidatedStag()).isEqualTo(region.rkey());
            assertThat(received.hasImmediateData()).isFalse();
            assertThat(server.bytes(0, 50)).isEqualTo(client.bytes(0, 50));
            assertThat(server.bytes(50, 50)).containsOnly(0x77);
            expectNoWrite(region, region.rkey());
        }
    }

    @EveryDoor
    void c47_aSendOfNothingOrInlineInvalidatesToo() {
        try (MemoryRegion one = target(server); MemoryRegion two = target(server)) {
            server.receive(1, 0, 8);
            server.receive(2, 8, 8);
            client.queuePair().postSend(new SendRequest().sendWithInvalidate(1, one.rkey()));
            client.queuePair().postSend(
                new SendRequest().sendWithInvalidate(2, two.rkey()).inline(client.memory(), 0, 8).solicited(true));
            assertThat(Completions.await(server.receives(), 2)).extracting(CompletedRequest::invalidatedStag)
                .containsExactly(one.rkey(), two.rkey());
            assertThat(server.bytes(8, 8)).isEqualTo(client.bytes(0, 8));
            expectNoWrite(two, two.rkey());
        }
    }

    @EveryDoor
    void c47_aMessageThatIsRefusedInvalidatesNothing() throws InterruptedException {
        try (MemoryRegion region = target(server)) {
            expectEnded(post(client, new SendRequest().sendWithInvalidate(1, region.rkey())),
                CompletionStatus.REMOTE_INVALID_REQUEST_ERROR, 1, 2, 2);
            try (QueuePair source = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
                QueuePair sink = server.domain().createQueuePair(QueuePairOptions.of(server.sends()))) {
                ConnectedPair.connect(source, server.rnic(), sink);
                source.postSend(new SendRequest().write(2, region.address(), region.rkey())
                    .sge(client.region(), 0, 8).signalled(true));
                assertThat(client.awaitSend()).succeeded();
                source.postSend(new SendRequest().read(3, region.address(), region.rkey())
                    .sge(client.region(), 8, 8).signalled(true));
                assertThat(client.awaitSend()).as("what was written is there").succeeded();
            }
        }
    }

    @EveryDoor
    void c48_anotherDomainsStagIsNotInvalidated() {
        try (ProtectionDomain other = server.rnic().allocateProtectionDomain();
            Arena arena = Arena.ofShared();
            MemoryRegion region =
                other.registerMemory(arena.allocate(8), Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            server.receive(1, 0, 8);
            expectEnded(post(client, new SendRequest().sendWithInvalidate(2, region.rkey())),
                CompletionStatus.REMOTE_ACCESS_ERROR, 0, 1, 9);
            assertThat(server.awaitReceive()).wasFlushed();
        }
    }

    @EveryDoor
    void c48_anStagThatNobodyHasIsNotInvalidated() {
        server.receive(1, 0, 8);
        expectEnded(post(client, new SendRequest().sendWithInvalidate(2, server.region().rkey() ^ 1)),
            CompletionStatus.REMOTE_OPERATION_ERROR, 0, 2, 9);
        assertThat(server.awaitReceive()).wasFlushed();
    }

    @EveryDoor
    void c48_aRegionForLocalUseAloneIsNotInvalidatedByThePeer() {
        try (MemoryRegion region = server.register(8, Access.LOCAL_WRITE)) {
            server.receive(1, 0, 8);
            expectEnded(post(client, new SendRequest().sendWithInvalidate(2, region.rkey())),
                CompletionStatus.REMOTE_ACCESS_ERROR, 0, 1, 9);
            assertThat(server.awaitReceive()).wasFlushed();
        }
    }

    @EveryDoor
    void c48_anotherDomainsStagIsNotInvalidatedLocally() {
        // The server is another process: its regions are of another domain.
        assertThat(post(client, new SendRequest().localInvalidate(1, server.region().rkey())))
            .hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR).hasNoTerminate();
    }

    @EveryDoor
    void c48_aRegionWithABoundWindowIsNotInvalidatedByThePeer() throws InterruptedException {
        try (MemoryRegion region = bindable(); MemoryWindow window = bind(region, Access.REMOTE_WRITE)) {
            server.receive(1, 0, 8);
            expectEnded(post(client, new SendRequest().sendWithInvalidate(2, region.rkey())),
                CompletionStatus.REMOTE_OPERATION_ERROR, 0, 2, 9);
            assertThat(server.awaitReceive()).wasFlushed();
            expectBothStandUntilTheWindowIsGone(region, window);
        }
    }

    @EveryDoor
    void c49_aRegionWithABoundWindowIsNotInvalidated() throws InterruptedException {
        try (MemoryRegion region = bindable(); MemoryWindow window = bind(region, Access.REMOTE_WRITE)) {
            assertThat(post(server, new SendRequest().localInvalidate(1, region.lkey())))
                .hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR).hasNoTerminate();
            expectBothStandUntilTheWindowIsGone(region, window);
        }
    }

    private void expectBothStandUntilTheWindowIsGone(
        final MemoryRegion region, final MemoryWindow window) throws InterruptedException {
        final Diagnosis why = server.awaitDiagnosis();
        assertThat(why.check()).isEqualTo(Diagnosis.Check.WINDOWS);
        assertThat(why.stag()).isEqualTo(region.rkey());
        client.awaitState(QueuePairState.ERROR);
        pair.reconnect();
        client.write(3, 0, 8, region.address(), window.rkey());
        client.write(4, 0, 8, region.address() + 8, region.rkey());
        assertThat(Completions.await(client.sends(), 2)).allSatisfy(done -> assertThat(done).succeeded());
        client.awaitPlaced();
        assertThat(region.segment().asSlice(0, 16).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0x5a);

        assertThat(post(server, new SendRequest().localInvalidate(5, window.rkey()))).succeeded();
        assertThat(post(server, new SendRequest().localInvalidate(6, region.lkey()))).succeeded();
        region.segment().fill((byte) 0);
        expectNoWrite(region, window.rkey());
        pair.reconnect();
        expectNoWrite(region, region.rkey());
        pair.reconnect();
        assertThat(post(server, new SendRequest().bind(7, window, region, 0, 8, Access.REMOTE_READ)))
            .as("an invalid region takes no window").hasStatus(CompletionStatus.MEMORY_WINDOW_BIND_ERROR);
        region.reregister(Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.MW_BIND);
        client.awaitState(QueuePairState.ERROR);
        pair.reconnect();
        expectNoWrite(region, window.rkey());
    }

    @EveryDoor
    void c49_aLocalInvalidateEndsWhatThePeerMay() {
        try (MemoryRegion region = target(server)) {
            assertThat(post(server, new SendRequest().localInvalidate(1, region.rkey()))).succeeded()
                .hasOpcode(CompletionOpcode.LOCAL_INVALIDATE);
            expectNoWrite(region, region.rkey());
        }
    }

    @EveryDoor
    void c49_aPieceOfAnInvalidRegionIsALocalProtectionError() {
        try (MemoryRegion region = target(client)) {
            client.queuePair().postSend(new SendRequest().localInvalidate(1, region.lkey()));
            assertThat(post(client, new SendRequest().write(2, server.region().address(), server.region().rkey())
                .sge(region, 0, 8))).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
        }
    }

    @EveryDoor
    void c49_invalidatingAnInvalidStagIsNoError() {
        try (MemoryRegion region = target(server);
            MemoryWindow window = server.domain().allocateMemoryWindow()) {
            for (int i = 0; i < 2; i++) {
                assertThat(post(server, new SendRequest().localInvalidate(1, region.rkey()))).succeeded();
                assertThat(post(server, new SendRequest().localInvalidate(2, window.rkey()))).succeeded();
            }
            server.receive(3, 0, 8);
            assertThat(post(client, new SendRequest().sendWithInvalidate(3, region.rkey()))).succeeded();
            assertThat(server.awaitReceive().invalidatedStag()).isEqualTo(region.rkey());
        }
    }

    @EveryDoor
    void c49_anStagThatNobodyHasIsALocalProtectionError() {
        assertThat(post(client, new SendRequest().localInvalidate(1, client.region().lkey() ^ 1)))
            .hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
    }

    @EveryDoor
    void c50_aBoundWindowIsReachedByItsOwnKeyWithinItsBounds() {
        try (MemoryRegion region = bindable(); MemoryWindow window = server.domain().allocateMemoryWindow()) {
            final SendRequest bind = new SendRequest().bind(1, window, region, 16, 8, Access.REMOTE_WRITE);
            assertThat(post(server, bind)).succeeded().hasByteLength(0);
            assertThat(window.rkey()).isEqualTo(bind.rkey());
            client.write(1, 0, 8, region.address() + 16, window.rkey());
            assertThat(client.awaitSend()).succeeded();
            client.write(2, 0, 8, region.address() + 17, window.rkey());
            expectEnded(client.awaitSend(), CompletionStatus.REMOTE_ACCESS_ERROR, 1, 1, 1);
            assertThat(region.segment().asSlice(16, 8).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0x5a);
            assertThat(region.segment().asSlice(24, 8).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        }
    }

    @EveryDoor
    void c50_aZeroLengthRebindEndsAccess() {
        try (MemoryRegion region = bindable(); MemoryWindow window = bind(region, Access.REMOTE_WRITE)) {
            final int rkey = window.rkey();
            bind(window, region, 0);
            assertThat(window.rkey()).isNotEqualTo(rkey);
            expectNoWrite(region, rkey);
        }
    }

    @EveryDoor
    void c50_theNewKeyOfAnUnboundWindowReachesNothing() {
        try (MemoryRegion region = bindable(); MemoryWindow window = bind(region, Access.REMOTE_WRITE)) {
            bind(window, region, 0);
            expectNoWrite(region, window.rkey());
        }
    }

    @EveryDoor
    void c50_theOldKeyOfAWindowThatIsBoundAgainReachesNothing() {
        try (MemoryRegion region = bindable(); MemoryWindow window = bind(region, Access.REMOTE_WRITE)) {
            final int rkey = window.rkey();
            bind(window, region, region.length(), Access.REMOTE_WRITE);
            client.write(1, 0, 0, region.address(), window.rkey());
            assertThat(client.awaitSend()).succeeded();
            expectNoWrite(region, rkey);
        }
    }

    @EveryDoor
    void c50_aLocalInvalidateUnbindsAWindow() {
        try (MemoryRegion region = bindable(); MemoryWindow window = bind(region, Access.REMOTE_WRITE)) {
            assertThat(post(server, new SendRequest().localInvalidate(1, window.rkey()))).succeeded();
            expectNoWrite(region, window.rkey());
        }
    }

    @EveryDoor
    void c50_aSendWithInvalidateUnbindsAWindow() throws InterruptedException {
        try (MemoryRegion region = bindable(); MemoryWindow window = bind(region, Access.REMOTE_WRITE)) {
            server.receive(1, 0, 8);
            final int rkey = window.rkey();
            assertThat(post(client, new SendRequest().sendWithInvalidate(2, rkey))).succeeded();
            assertThat(server.awaitReceive().invalidatedStag()).isEqualTo(rkey);
            expectNoWrite(region, rkey);
            pair.reconnect();
            bind(window, region, region.length(), Access.REMOTE_WRITE);
            client.write(3, 0, 8, region.address(), window.rkey());
            assertThat(client.awaitSend()).succeeded();
            client.awaitPlaced();
        }
    }

    @EveryDoor
    void c50_aDeallocatedWindowReachesNothing() {
        try (MemoryRegion region = bindable()) {
            final MemoryWindow window = bind(region, Access.REMOTE_WRITE);
            final int rkey = window.rkey();
            window.close();
            expectRefused(RnicError.CLOSED, window::close);
            expectNoWrite(region, rkey);
        }
    }

    @EveryDoor
    void c50_aWindowIsNoLocalMemory() {
        try (MemoryRegion region = bindable(); MemoryWindow window = bind(region, Access.REMOTE_READ)) {
            assertThat(post(server, new SendRequest().write(1, client.region().address(), client.region().rkey())
                .sge(region.address(), 8, window.rkey()))).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
            assertThat(client.bytes(0, 8)).containsOnly(0x5a);
        }
    }

    private void expectBindError(final SendRequest bind) {
        assertThat(post(server, bind)).hasStatus(CompletionStatus.MEMORY_WINDOW_BIND_ERROR).hasNoTerminate();
    }

    @EveryDoor
    void c50_aRegionWithoutBindAccessTakesNoWindow() {
        try (MemoryRegion region = target(server); MemoryWindow window = server.domain().allocateMemoryWindow()) {
            expectBindError(new SendRequest().bind(1, window, region, 0, 8, Access.REMOTE_READ));
        }
    }

    @EveryDoor
    void c50_aWindowIsNotBoundBeyondItsRegion() {
        try (MemoryRegion region = bindable(); MemoryWindow window = server.domain().allocateMemoryWindow()) {
            expectBindError(new SendRequest().bind(1, window, region, 1, region.length(), Access.REMOTE_READ));
        }
    }

    @EveryDoor
    void c50_aWindowThatWritesNeedsARegionThatDoes() {
        try (MemoryRegion region = server.register(8, Access.MW_BIND);
            MemoryWindow window = server.domain().allocateMemoryWindow()) {
            expectBindError(new SendRequest().bind(1, window, region, 0, 8, Access.REMOTE_WRITE));
        }
    }

    @EveryDoor
    void c50_aWindowOfAnotherDomainIsNotBound() {
        try (MemoryRegion region = bindable(); MemoryWindow window = client.domain().allocateMemoryWindow()) {
            expectBindError(new SendRequest().bind(1, window, region, 0, 8, Access.REMOTE_READ));
        }
    }

    @EveryDoor
    void c50_aBindingThatMakesNoSenseIsRefusedAtThePost() {
        try (MemoryRegion region = bindable(); MemoryWindow window = server.domain().allocateMemoryWindow()) {
            final SendRequest bind = new SendRequest();
            expectRefused(RnicError.INVALID_ARGUMENT, 0,
                () -> server.queuePair().postSend(bind.bind(1, window, region, 0, -1)));
            expectRefused(RnicError.INVALID_ARGUMENT, 0,
                () -> server.queuePair().postSend(bind.bind(1, window, region, 0, 8, Access.LOCAL_WRITE)));
            expectRefused(RnicError.INVALID_ARGUMENT, 0,
                () -> server.queuePair().postSend(bind.bind(1, window, region, 0, 8).sge(region, 0, 8)));
            expectRefused(RnicError.INVALID_ARGUMENT, 0,
                () -> server.queuePair().postSend(bind.localInvalidate(1, region.rkey()).sge(region, 0, 8)));
            bind(window, region, 8, Access.REMOTE_READ);
        }
    }

    @EveryDoor
    void c51_aWindowWithoutRemoteWriteDeniesAWriteThatTheRegionAllows() {
        try (MemoryRegion region = bindable(); MemoryWindow window = bind(region, Access.REMOTE_READ)) {
            client.read(1, 0, 8, region.address(), window.rkey());
            assertThat(client.awaitSend()).succeeded();
            client.write(2, 0, 8, region.address(), window.rkey());
            expectEnded(client.awaitSend(), CompletionStatus.REMOTE_ACCESS_ERROR, 0, 1, 2);
            assertThat(region.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, 0)).isZero();
        }
    }

    @EveryDoor
    void c52_theNextKeyChangesTheLowByteOnly() {
        assertThat(MemoryWindow.nextKey(0x1234_5600)).isEqualTo(0x1234_5601);
        assertThat(MemoryWindow.nextKey(0xFFFF_FFFF)).isEqualTo(0xFFFF_FF00);
        try (MemoryRegion region = bindable(); MemoryWindow window = server.domain().allocateMemoryWindow()) {
            int rkey = window.rkey();
            for (int i = 0; i < 300; i++) {
                bind(window, region, 8, Access.REMOTE_WRITE);
                assertThat(window.rkey()).isEqualTo(MemoryWindow.nextKey(rkey));
                rkey = window.rkey();
            }
            client.write(1, 0, 8, region.address(), rkey);
            assertThat(client.awaitSend()).succeeded();
            client.awaitPlaced();
        }
    }
}
