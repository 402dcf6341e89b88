package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.CompletionQueueAttributes;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryRegionAttributes;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.ProtectionDomainAttributes;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairAttributes;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SharedReceiveQueue;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;

/** Every object says what it is and how it stands. */
class QueryTest {
    private Side client;
    private Side server;

    @BeforeEach
    void connect(final ConnectedPair pair) throws InterruptedException {
        client = pair.client();
        server = pair.server();
    }

    @EveryDoor
    void aQueuePairShouldTellItsStateLimitsPeerAndWhatIsOutstanding(final RnicOptions options) {
        client.receive(1, 0, 8);
        client.receive(2, 0, 8);
        client.write(3, 0, 8, server.region().address(), server.region().rkey());
        final QueuePairAttributes now = client.queuePair().query();
        assertThat(now.number()).isEqualTo(client.queuePair().number());
        assertThat(now.state()).isEqualTo(QueuePairState.RTS);
        assertThat(now.peerNumber()).isEqualTo(peerNumber(options, server));
        assertThat(server.queuePair().query().peerNumber()).isEqualTo(peerNumber(options, client));
        assertThat(now.maxSendRequests()).isEqualTo(64);
        assertThat(now.maxReceiveRequests()).isEqualTo(64);
        assertThat(now.maxSendSges()).isEqualTo(4);
        assertThat(now.maxReceiveSges()).isEqualTo(4);
        assertThat(now.maxInlineBytes()).isEqualTo(64);
        assertThat(now.signalAll()).isFalse();
        assertThat(now.outstandingSends()).isEqualTo(1);
        assertThat(now.outstandingReceives()).isEqualTo(2);
        Completions.awaitOne(client.sends());
        assertThat(client.queuePair().query().outstandingSends()).isZero();
    }

    /** iWARP does not tell the peer's number. */
    private static int peerNumber(final RnicOptions options, final Side peer) {
        return "tcp".equals(options.effective().get("link")) ? 0 : peer.queuePair().number();
    }

    @EveryDoor
    void aQueuePairWithoutAPeerShouldSaySo() {
        try (SharedReceiveQueue shared = client.domain().createSharedReceiveQueue(4, 1);
            QueuePair alone = client.domain().createQueuePair(QueuePairOptions.of(client.sends())
                .withSharedReceiveQueue(shared).withSignalAll(true).withInlineBytes(12).withRequests(3, 5))) {
            final QueuePairAttributes now = alone.query();
            assertThat(now.state()).isEqualTo(QueuePairState.INIT);
            assertThat(now.peerNumber()).isZero();
            assertThat(now.maxReceiveRequests()).as("they are shared").isZero();
            assertThat(now.maxSendRequests()).isEqualTo(3);
            assertThat(now.signalAll()).isTrue();
            assertThat(now.maxInlineBytes()).isEqualTo(12);
        }
    }

    @EveryDoor
    void aQueuePairThatIsResetShouldHaveNoPeer() {
        client.queuePair().modify(QueuePairState.RESET);
        assertThat(client.queuePair().query().peerNumber()).isZero();
        assertThat(client.queuePair().query().state()).isEqualTo(QueuePairState.RESET);
    }

    @EveryDoor
    void aCompletionQueueShouldTellWhatIsUnpolledAndWhetherItIsArmed() {
        try (CompletionChannel channel = client.rnic().createCompletionChannel();
            CompletionQueue queue = client.rnic().createCompletionQueue(5, channel)) {
            final CompletionQueueAttributes before = queue.query();
            assertThat(before).isEqualTo(
                new CompletionQueueAttributes(before.number(), queue.capacity(), 0, false, false));
            queue.requestNotification();
            assertThat(queue.query().armed()).isTrue();
        }
        client.write(1, 0, 8, server.region().address(), server.region().rkey());
        Completions.awaitOne(client.sends());
        assertThat(client.sends().query().unpolled()).isZero();
    }

    @EveryDoor
    void aRegionShouldTellWhereItIsAndWhatItAllows() {
        final MemoryRegion region = client.register(100, Access.LOCAL_WRITE, Access.REMOTE_READ);
        final MemoryRegionAttributes now = region.query();
        assertThat(now).isEqualTo(new MemoryRegionAttributes(region.address(), 100, region.lkey(), region.rkey(),
            Set.of(Access.LOCAL_WRITE, Access.REMOTE_READ), client.domain().query().number()));
        region.close();
        expectRefused(RnicError.CLOSED, region::query);
    }

    @EveryDoor
    void aDomainShouldTellWhatIsInIt() {
        final ProtectionDomainAttributes before = client.domain().query();
        assertThat(before.memoryRegions()).isEqualTo(1);
        assertThat(before.queuePairs()).isEqualTo(1);
        assertThat(before.sharedReceiveQueues()).isZero();
        final MemoryRegion region = client.register(8);
        final SharedReceiveQueue shared = client.domain().createSharedReceiveQueue(1, 1);
        assertThat(client.domain().query()).isEqualTo(new ProtectionDomainAttributes(before.number(), 2, 1, 1));
        shared.close();
        region.close();
        assertThat(client.domain().query()).isEqualTo(before);
        final ProtectionDomain other = client.rnic().allocateProtectionDomain();
        assertThat(other.query().number()).isNotEqualTo(before.number());
        other.close();
        expectRefused(RnicError.CLOSED, other::query);
    }

    @EveryDoor
    void aQueuePairThatIsClosedShouldSaySo() {
        final QueuePair closed = client.domain().createQueuePair(QueuePairOptions.of(client.sends()));
        closed.close();
        expectRefused(RnicError.CLOSED, closed::query);
    }
}
