package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.AsyncEvent;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.SendRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A peer by TCP that goes, half or wholly, at each stage of a transfer: every request that was posted ends in one
 * completion, in order, and the connection leaves nothing behind.
 */
class TcpBreakTest {
    private static final byte[] NOTHING = new byte[0];
    private static final int RECEIVES = 3;
    private static final int ROUNDS = 300;

    private Side side;
    private Listener listener;

    /** How a peer goes. */
    private interface Going {
        void go(RawPeer peer) throws IOException;
    }

    private static final List<Going> WAYS = List.of(RawPeer::endOutput, RawPeer::reset, RawPeer::close);

    @BeforeEach
    void open(final Rnic rnic) {
        side = Side.of(rnic);
        listener = rnic.listen(ConnectedPair.anyPort());
    }

    @AfterEach
    void close() {
        listener.close();
        side.close();
    }

    private RawPeer connect() throws IOException, InterruptedException {
        return RawPeer.connect(listener, side.queuePair());
    }

    private void expectDisconnected() throws InterruptedException {
        side.awaitState(QueuePairState.ERROR);
        assertThat(side.rnic().awaitAsyncEvent(Completions.PATIENCE))
            .isEqualTo(new AsyncEvent(AsyncEventType.DISCONNECTED, side.queuePair(), 0));
    }

    private void again() {
        assertThat(Completions.poll(side.sends())).as("no completion twice").isEmpty();
        assertThat(Completions.poll(side.receives())).as("no completion twice").isEmpty();
        side.queuePair().modify(QueuePairState.RESET);
        side.queuePair().modify(QueuePairState.INIT);
    }

    private static void expectFlushed(final List<CompletedRequest> completed, final long first) {
        assertThat(completed).allSatisfy(one -> assertThat(one).wasFlushed());
        assertThat(completed).extracting(CompletedRequest::wrId).containsExactly(
            LongStream.range(first, first + completed.size()).boxed().toArray(Long[]::new));
    }

    @OverTcp
    void beforeOrInTheSetUpItShouldShowNothing() throws IOException, InterruptedException {
        final byte[] request = RawPeer.frame(RawPeer.request(NOTHING));
        for (final Going way : WAYS) {
            for (int sent = 0; sent < request.length; sent += 5) {
                try (RawPeer peer = RawPeer.connect(listener.address()).send(Arrays.copyOf(request, sent))) {
                    way.go(peer);
                }
            }
        }
        try (RawPeer peer = connect()) {
            side.receive(1, 0, 8);
            peer.send(RawPeer.send(1, new byte[8]));
            assertThat(side.awaitReceive()).succeeded();
        }
    }

    @OverTcp
    void atAnyByteOfASendItShouldFlushTheReceivesOnce() throws IOException, InterruptedException {
        final byte[] send = RawPeer.send(1, new byte[20]);
        for (final Going way : WAYS) {
            for (int sent = 0; sent < send.length; sent += 3) {
                for (int i = 0; i < RECEIVES; i++) {
                    side.receive(i, 64L * i, 64);
                }
                try (RawPeer peer = connect()) {
                    peer.send(Arrays.copyOf(send, sent));
                    way.go(peer);
                }
                expectDisconnected();
                expectFlushed(Completions.await(side.receives(), RECEIVES), 0);
                again();
            }
        }
    }

    @OverTcp
    void betweenTheSegmentsOfASendItShouldFlushItsReceive() throws IOException, InterruptedException {
        for (final Going way : WAYS) {
            side.receive(0, 0, 64);
            side.receive(1, 64, 64);
            try (RawPeer peer = connect()) {
                peer.send(RawPeer.untagged(RdmapOpcode.SEND, 1, 0, false, new byte[20]));
                way.go(peer);
            }
            expectDisconnected();
            expectFlushed(Completions.await(side.receives(), 2), 0);
            again();
        }
    }

    /** A Read that the peer never answers, or half, and what is sent behind it. */
    @OverTcp
    void withReadsOutstandingItShouldFlushAllInOrder() throws IOException, InterruptedException {
        for (final Going way : WAYS) {
            for (final int answered : new int[] {0, 4, 100}) {
                try (RawPeer peer = connect()) {
                    opened(peer);
                    side.read(0, 0, 100, 0x1000, 7);
                    side.write(1, 0, 100, 0x1000, 7);
                    side.read(2, 0, 100, 0x1000, 7);
                    side.queuePair().postSend(new SendRequest().send(3).sge(side.region(), 0, 8)
                        .signalled(true).fenced(true));
                    peer.readUlpdu();
                    if (answered > 0) {
                        peer.send(RawPeer.tagged(RdmapOpcode.READ_RESPONSE, side.region().lkey(),
                            side.region().address(), answered == 100, new byte[answered]));
                    }
                    if (answered == 100) {
                        assertThat(side.awaitSend()).succeeded().hasWrId(0);
                        assertThat(side.awaitSend()).succeeded().hasWrId(1);
                    }
                    way.go(peer);
                }
                expectDisconnected();
                expectFlushed(Completions.await(side.sends(), answered == 100 ? 2 : 4), answered == 100 ? 2 : 0);
                again();
            }
        }
    }

    /** The side that was asked may send when something has come. */
    private void opened(final RawPeer peer) throws IOException {
        side.receive(9, 512, 8);
        peer.send(RawPeer.send(1, new byte[8]));
        assertThat(side.awaitReceive()).succeeded();
    }

    /** A Write that the socket has no room for, because nobody takes it, is half sent; others wait behind it. */
    @OverTcp
    void inTheMiddleOfALongWriteItShouldEndEachRequestOnce() throws IOException, InterruptedException {
        final int longer = 16 << 20;
        try (MemoryRegion region = side.register(longer, Access.LOCAL_WRITE)) {
            for (final Going way : WAYS) {
                try (RawPeer peer = connect()) {
                    opened(peer);
                    for (int i = 0; i < 4; i++) {
                        side.queuePair().postSend(
                            new SendRequest().write(i, 0x1000, 7).sge(region, 0, longer).signalled(true));
                    }
                    peer.readUlpdu();
                    way.go(peer);
                    expectDisconnected();
                }
                final List<CompletedRequest> done = Completions.await(side.sends(), 4);
                assertThat(done).extracting(CompletedRequest::wrId).containsExactly(0L, 1L, 2L, 3L);
                assertThat(done.getLast()).hasStatus(CompletionStatus.FLUSHED);
                again();
            }
        }
    }

    /** It may still take the answer that it has asked for, but its side is over. */
    @OverTcp
    void behindAReadRequestItShouldEndTheConnection() throws IOException, InterruptedException {
        for (final Going way : WAYS) {
            try (RawPeer peer = connect()) {
                peer.send(RawPeer.readRequest(1, side.region().rkey(), side.region().address(), 1000));
                way.go(peer);
            }
            expectDisconnected();
            again();
        }
    }

    /** As soon as a receive has failed its owner gives the connection up: the peer learns all the same why it did. */
    @RnicTest(threading = {"invoker", "dedicated"}, link = "tcp")
    void whoIsRefusedShouldBeToldThoughTheOwnerResetsAtOnce() throws IOException, InterruptedException {
        for (int i = 0; i < ROUNDS; i++) {
            side.receive(i, 0, 8);
            try (RawPeer peer = connect()) {
                peer.send(RawPeer.send(1, new byte[100]));
                assertThat(side.awaitReceive()).hasWrId(i).hasStatus(CompletionStatus.LOCAL_LENGTH_ERROR);
                side.queuePair().modify(QueuePairState.RESET);
                assertThat(peer.readTerminate()).isEqualTo(TerminateCode.MESSAGE_TOO_LONG);
            }
            side.queuePair().modify(QueuePairState.INIT);
        }
    }
}
