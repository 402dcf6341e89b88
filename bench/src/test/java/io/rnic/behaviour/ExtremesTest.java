package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SharedReceiveQueue;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;

/** Integers at their limits, through both doors: each is carried whole or refused, and nothing is lost by it. */
class ExtremesTest {
    private static final int[] INTS = {Integer.MIN_VALUE, Integer.MIN_VALUE + 1, -1, Integer.MAX_VALUE};
    private static final long[] LONGS = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1L << 32, Long.MAX_VALUE};
    private static final byte MARK = 0x3C;

    private ConnectedPair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair connected) {
        pair = connected;
        client = pair.client();
        server = pair.server();
        client.memory().fill(MARK);
        server.memory().fill(MARK);
    }

    /** The request ends so on the client's side, and no byte has changed; then both are connected again. */
    private void expectFailed(final CompletionStatus status, final SendRequest request) throws InterruptedException {
        client.queuePair().postSend(request.signalled(true));
        final CompletedRequest done = client.awaitSend();
        assertThat(done).hasWrId(request.wrId());
        if (done.status() == CompletionStatus.SUCCESS && !pair.acknowledges()) {
            assertThat(done.opcode()).isIn(CompletionOpcode.SEND, CompletionOpcode.RDMA_WRITE);
            assertThat(client.awaitDiagnosis().byPeer()).as("refused afterwards").isTrue();
        } else {
            assertThat(done).hasStatus(status);
        }
        assertThat(client.bytes(0, Side.REGION_BYTES)).containsOnly(MARK);
        assertThat(server.bytes(0, Side.REGION_BYTES)).containsOnly(MARK);
        pair.reconnect();
    }

    @EveryDoor
    void numbersOfRequestsAndImmediateDataShouldComeBackWhole() {
        for (final long wrId : LONGS) {
            server.receive(wrId, 0, 8);
            client.send(wrId, 8, 8);
            assertThat(server.awaitReceive()).succeeded().hasWrId(wrId);
            assertThat(client.awaitSend()).succeeded().hasWrId(wrId);
            server.receive(2, 0, 8);
            client.queuePair().postSend(new SendRequest().writeWithImmediate(3, 0, 0, wrId).signalled(true));
            assertThat(server.awaitReceive().immediateData()).isEqualTo(wrId);
            assertThat(client.awaitSend()).succeeded().hasWrId(3);
        }
    }

    @EveryDoor
    void keysThatNobodyHasShouldBeRefused() throws InterruptedException {
        final long address = server.region().address();
        for (final int key : INTS) {
            expectFailed(CompletionStatus.REMOTE_ACCESS_ERROR,
                new SendRequest().write(key, address, key).sge(client.region(), 0, 8));
            expectFailed(CompletionStatus.REMOTE_ACCESS_ERROR,
                new SendRequest().read(key, address, key).sge(client.region(), 0, 8));
            expectFailed(CompletionStatus.REMOTE_ACCESS_ERROR,
                new SendRequest().fetchAndAdd(key, address, key, 1).sge(client.region(), 0, 8));
            expectFailed(CompletionStatus.LOCAL_PROTECTION_ERROR,
                new SendRequest().write(key, address, server.region().rkey()).sge(client.region().address(), 8, key));
            expectFailed(CompletionStatus.LOCAL_PROTECTION_ERROR, new SendRequest().localInvalidate(key, key));
        }
    }

    @EveryDoor
    void addressesWhoseEndOverflowsShouldBeRefused() throws InterruptedException {
        final int rkey = server.region().rkey();
        final int lkey = client.region().lkey();
        for (final long address : LONGS) {
            expectFailed(CompletionStatus.REMOTE_ACCESS_ERROR,
                new SendRequest().write(1, address, rkey).sge(client.region(), 0, 8));
            expectFailed(CompletionStatus.REMOTE_ACCESS_ERROR,
                new SendRequest().read(2, address, rkey).sge(client.region(), 0, 8));
            expectFailed(CompletionStatus.REMOTE_ACCESS_ERROR,
                new SendRequest().compareAndSwap(3, address & -8, rkey, 1, 2).sge(client.region(), 0, 8));
            expectFailed(CompletionStatus.LOCAL_PROTECTION_ERROR,
                new SendRequest().write(4, server.region().address(), rkey).sge(address, 8, lkey));
            server.queuePair().postReceive(new ReceiveRequest().receive(5).sge(address, 8, server.region().lkey()));
            expectFailed(CompletionStatus.REMOTE_OPERATION_ERROR,
                new SendRequest().send(6).sge(client.region(), 0, 8));
        }
    }

    @EveryDoor
    void lengthsBeyondTheRegionShouldBeRefused() throws InterruptedException {
        for (final int length : new int[] {Side.REGION_BYTES + 1, 1 << 30, Integer.MAX_VALUE - 1, Integer.MAX_VALUE}) {
            expectFailed(CompletionStatus.LOCAL_PROTECTION_ERROR, new SendRequest().write(
                1, server.region().address(), server.region().rkey()).sge(client.region(), 0, length));
            expectFailed(CompletionStatus.LOCAL_PROTECTION_ERROR, new SendRequest().read(
                2, server.region().address(), server.region().rkey()).sge(client.region(), 0, length));
        }
        for (final int length : new int[] {Integer.MIN_VALUE, -1}) {
            expectRefused(RnicError.INVALID_ARGUMENT, () -> client.queuePair().postSend(new SendRequest().send(3)
                .sge(client.region(), 0, length)));
            expectRefused(RnicError.INVALID_ARGUMENT, () -> client.queuePair().postReceive(
                new ReceiveRequest().receive(4).sge(client.region(), 0, length)));
        }
        assertThat(client.queuePair().sendSpace()).isEqualTo(client.queuePair().query().maxSendRequests());
    }

    @EveryDoor
    void countsShouldBeRefusedAndNothingPosted() {
        final SendRequest[] sends = {new SendRequest().send(1)};
        final ReceiveRequest[] receives = {new ReceiveRequest().receive(1)};
        try (SharedReceiveQueue shared = client.domain().createSharedReceiveQueue(4, 1)) {
            for (final int count : INTS) {
                expectRefused(RnicError.INVALID_ARGUMENT, () -> client.queuePair().postSend(sends, count));
                expectRefused(RnicError.INVALID_ARGUMENT, () -> client.queuePair().postReceive(receives, count));
                expectRefused(RnicError.INVALID_ARGUMENT, () -> shared.postReceive(receives, count));
                expectRefused(RnicError.INVALID_ARGUMENT, () -> shared.armLimit(count));
                expectRefused(RnicError.INVALID_ARGUMENT, () -> client.sends().resize(count));
                expectRefused(RnicError.INVALID_ARGUMENT, () -> client.domain().createSharedReceiveQueue(count, 1));
                expectRefused(RnicError.INVALID_ARGUMENT, () -> client.domain().createSharedReceiveQueue(1, count));
                expectRefused(RnicError.INVALID_ARGUMENT, () -> client.domain().createQueuePair(
                    QueuePairOptions.of(client.sends()).withReads(count, 0)));
                if (count < 0) {
                    expectRefused(RnicError.INVALID_ARGUMENT, () -> client.sends().poll(completion -> { }, count));
                }
            }
            assertThat(shared.space()).isEqualTo(4);
        }
        assertThat(client.sends().poll(completion -> { }, Integer.MAX_VALUE)).isZero();
        client.queuePair().modify(QueuePairState.SQD);
        for (final int reads : new int[] {Integer.MIN_VALUE, -2, Integer.MAX_VALUE}) {
            expectRefused(RnicError.INVALID_ARGUMENT,
                () -> client.queuePair().modify(QueuePairChange.reads(reads, QueuePairChange.UNCHANGED)));
            expectRefused(RnicError.INVALID_ARGUMENT,
                () -> client.queuePair().modify(QueuePairChange.reads(QueuePairChange.UNCHANGED, reads)));
        }
        assertThat(client.queuePair().query().state()).isEqualTo(QueuePairState.SQD);
    }

    @EveryDoor
    void bindingsBeyondTheRegionShouldBeRefused() throws InterruptedException {
        try (MemoryWindow window = client.domain().allocateMemoryWindow()) {
            final int key = window.rkey();
            for (final long extreme : new long[] {Side.REGION_BYTES + 1L, 1L << 32, Long.MAX_VALUE}) {
                expectFailed(CompletionStatus.MEMORY_WINDOW_BIND_ERROR, new SendRequest().bind(
                    1, window, client.region(), 0, extreme, Access.REMOTE_READ));
                expectFailed(CompletionStatus.MEMORY_WINDOW_BIND_ERROR, new SendRequest().bind(
                    2, window, client.region(), extreme, 1, Access.REMOTE_READ));
                expectFailed(CompletionStatus.MEMORY_WINDOW_BIND_ERROR, new SendRequest().bind(
                    3, window, client.region(), -extreme, extreme, Access.REMOTE_READ));
            }
            for (final long length : new long[] {-1, Long.MIN_VALUE}) {
                expectRefused(RnicError.INVALID_ARGUMENT, () -> client.queuePair().postSend(
                    new SendRequest().bind(4, window, client.region(), 0, length, Access.REMOTE_READ)));
            }
            assertThat(window.rkey()).as("bound to nothing").isEqualTo(key);
        }
    }

    @EveryDoor
    void thousandsOfObjectsOfEveryOtherKindShouldLeaveNothingBehind(final RnicOptions options) {
        try (Rnic rnic = Rnic.open(options); Side side = Side.of(rnic)) {
            final Map<String, Long> before = objects(rnic);
            for (int i = 0; i < 2000; i++) {
                side.domain().allocateMemoryWindow().close();
                side.domain().createSharedReceiveQueue(4, 1).close();
                rnic.createCompletionChannel().close();
                rnic.allocateProtectionDomain().close();
                rnic.listen(ConnectedPair.anyPort()).close();
            }
            assertThat(objects(rnic)).isEqualTo(before);
        }
    }

    private static Map<String, Long> objects(final Rnic rnic) {
        final Map<String, Long> counters = rnic.counters();
        counters.keySet().retainAll(Set.of("device.memoryWindows", "device.sharedReceiveQueues",
            "device.protectionDomains", "device.onBoardBytes", "device.sharedBytes", "process.lockedBytes"));
        return counters;
    }
}
