package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static io.rnic.testing.RnicAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.emu.wire.DdpHeader;
import io.rnic.emu.wire.EnhancedData;
import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.SetUp;
import io.rnic.testing.Await;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Connections by TCP with a peer that is slow, strange or not iWARP at all. */
class TcpConnectionTest {
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] MESSAGE = "hello, iWARP".getBytes(UTF_8);
    private static final int SILENT_PEERS = 10_000;
    private static final int MAX_HALF_OPEN = 256;
    private static final int BACKLOG = 128;

    private Side side;
    private Listener listener;

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

    private static ServerSocket rawListener() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private static InetSocketAddress address(final ServerSocket listening) {
        return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    }

    private ConnectionRequest nextRequest() throws InterruptedException {
        return Objects.requireNonNull(listener.await(Completions.PATIENCE));
    }

    private void again() {
        side.queuePair().modify(QueuePairState.RESET);
        side.queuePair().modify(QueuePairState.INIT);
    }

    /** A Send each way. */
    private void expectConnected(final RawPeer peer) throws IOException {
        side.receive(1, 0, 64);
        peer.send(RawPeer.send(1, MESSAGE));
        assertThat(side.awaitReceive()).succeeded().hasByteLength(MESSAGE.length);
        assertThat(side.bytes(0, MESSAGE.length)).isEqualTo(MESSAGE);
        side.send(2, 0, MESSAGE.length);
        expectMessage(peer);
        assertThat(side.awaitSend()).succeeded();
    }

    /** The Send, behind what a side that asked may begin with. */
    private static void expectMessage(final RawPeer peer) throws IOException {
        var ulpdu = peer.readUlpdu();
        if (DdpHeader.opcode(ulpdu, 0) == RdmapOpcode.WRITE) {
            assertThat(ulpdu.byteSize()).as("ready to receive").isEqualTo(DdpHeader.TAGGED_LENGTH);
            ulpdu = peer.readUlpdu();
        }
        assertThat(DdpHeader.opcode(ulpdu, 0)).isEqualTo(RdmapOpcode.SEND);
        assertThat(ulpdu.asSlice(DdpHeader.UNTAGGED_LENGTH).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(MESSAGE);
    }

    /** The answer leaves before the end of the connection, though both are asked for in the same moment. */
    @OverTcp
    void whoIsAcceptedShouldLearnItThoughTheConnectionEndsAtOnce() throws IOException, InterruptedException {
        for (int i = 0; i < 50; i++) {
            try (RawPeer peer = RawPeer.connect(listener.address()).request()) {
                nextRequest().accept(side.queuePair(), NOTHING);
                side.queuePair().disconnect();
                peer.expectAccepted();
                peer.expectEnd();
            }
            again();
        }
    }

    @OverTcp
    void aRequestShouldBeTakenWhereverTcpSplitsIt() throws IOException, InterruptedException {
        final byte[] frame = RawPeer.frame(RawPeer.request(MESSAGE));
        for (int at = 1; at < frame.length; at++) {
            try (RawPeer peer = RawPeer.connect(listener.address()).sendSplit(frame, at)) {
                final ConnectionRequest request = nextRequest();
                assertThat(request.privateData()).isEqualTo(MESSAGE);
                request.accept(side.queuePair(), NOTHING);
                peer.expectAccepted();
            }
            side.awaitState(QueuePairState.ERROR);
            again();
        }
    }

    @OverTcp
    void anAnswerShouldBeTakenWhereverTcpSplitsIt() throws IOException, InterruptedException {
        try (ServerSocket listening = rawListener()) {
            for (int at = 1; at < 36; at++) {
                try (ConnectionAttempt attempt = side.queuePair().beginConnect(address(listening), NOTHING);
                    RawPeer peer = RawPeer.accept(listening)) {
                    final byte[] reply = RawPeer.frame(accepted(peer.readSetUp(false), MESSAGE));
                    assertThat(reply).hasSize(36);
                    peer.sendSplit(reply, at);
                    assertThat(attempt.await(Completions.PATIENCE)).isEqualTo(MESSAGE);
                }
                side.awaitState(QueuePairState.ERROR);
                again();
            }
        }
    }

    private static SetUp accepted(final SetUp request, final byte[] privateData) {
        return request.accept(false, true, new EnhancedData(true, false, true, false, 16, 16), privateData);
    }

    @OverTcp
    void theFirstMessagesShouldBeTakenWhereverTcpSplitsThem() throws IOException, InterruptedException {
        final byte[] messages = new byte[2 * RawPeer.send(1, MESSAGE).length];
        System.arraycopy(RawPeer.send(1, MESSAGE), 0, messages, 0, messages.length / 2);
        System.arraycopy(RawPeer.send(2, MESSAGE), 0, messages, messages.length / 2, messages.length / 2);
        for (int at = 1; at < messages.length; at++) {
            side.memory().fill((byte) 0);
            side.receive(1, 0, 64);
            side.receive(2, 64, 64);
            try (RawPeer peer = RawPeer.connect(listener.address()).request()) {
                nextRequest().accept(side.queuePair(), NOTHING);
                peer.expectAccepted();
                peer.sendSplit(messages, at);
                assertThat(side.awaitReceive()).succeeded().hasWrId(1);
                assertThat(side.awaitReceive()).succeeded().hasWrId(2);
            }
            assertThat(side.bytes(0, MESSAGE.length)).isEqualTo(MESSAGE);
            assertThat(side.bytes(64, MESSAGE.length)).isEqualTo(MESSAGE);
            side.awaitState(QueuePairState.ERROR);
            again();
        }
    }

    @OverTcp
    void whatIsNoRequestShouldEndTheConnectionAndShowNothing() throws IOException, InterruptedException {
        final byte[] request = RawPeer.frame(RawPeer.request(NOTHING));
        final byte[] wrongKey = request.clone();
        wrongKey[15] = 'f';
        final byte[] tooLong = request.clone();
        tooLong[18] = 2; // 516 bytes
        final byte[] revision = request.clone();
        revision[17] = 3;
        final byte[] noEnhancedData = request.clone();
        noEnhancedData[19] = 3;
        final byte[] bytesBehindIt = new byte[request.length + 1];
        System.arraycopy(request, 0, bytesBehindIt, 0, request.length);
        for (final byte[] bad : List.of(wrongKey, tooLong, revision, noEnhancedData,
            "GET / HTTP/1.1\r\n".getBytes(UTF_8), RawPeer.frame(accepted(RawPeer.request(NOTHING), NOTHING)))) {
            try (RawPeer peer = RawPeer.connect(listener.address()).send(bad)) {
                peer.expectEnd();
            }
        }
        expectRefusedSetUps(6);
        try (RawPeer peer = RawPeer.connect(listener.address()).send(bytesBehindIt)) {
            peer.expectEnd();
        }
        try (RawPeer peer = RawPeer.connect(listener.address()).request()) {
            final ConnectionRequest good = nextUnanswered();
            good.accept(side.queuePair(), NOTHING);
            peer.expectAccepted();
            expectConnected(peer);
        }
        RawPeer.connect(listener.address()).close();
        expectRefusedSetUps(7);
    }

    /** Each once, and the application is told of none. */
    private void expectRefusedSetUps(final long count) {
        Await.until(count + " are counted",
            () -> side.rnic().counters().getOrDefault("device.refusedSetUps", -1L) == count);
    }

    /** The next request whose asker is still there. */
    private ConnectionRequest nextUnanswered() throws InterruptedException {
        while (true) {
            final ConnectionRequest request = nextRequest();
            try {
                request.accept(side.queuePair(), new byte[side.rnic().attributes().maxPrivateData() + 1]);
            } catch (final RnicException e) {
                if (e.error() == RnicError.INVALID_ARGUMENT) {
                    return request;
                }
            }
        }
    }

    @OverTcp
    void whatIsNoAnswerShouldRefuseTheConnection() throws IOException, InterruptedException {
        final byte[] reply = RawPeer.frame(accepted(RawPeer.request(NOTHING), NOTHING));
        final byte[] tooLong = reply.clone();
        tooLong[18] = 2;
        final byte[] revision = reply.clone();
        revision[17] = 7;
        final byte[] noEnhancedData = reply.clone();
        noEnhancedData[19] = 3;
        final Map<String, byte[]> answers = Map.of(
            "it begins with \"MPA ID Req\"; allowed: \"MPA ID Rep Frame\"",
            Arrays.copyOf(RawPeer.frame(RawPeer.request(NOTHING)), 10),
            "it begins with \"????????????????\"; allowed: \"MPA ID Rep Frame\"", new byte[20],
            "revision 7; allowed: 1 to 2", revision,
            "516 bytes of private data; allowed: up to 512", tooLong,
            "3 bytes of private data, though it is enhanced; allowed: at least 4", noEnhancedData);
        try (ServerSocket listening = rawListener()) {
            for (final Map.Entry<String, byte[]> bad : answers.entrySet()) {
                try (ConnectionAttempt attempt = side.queuePair().beginConnect(address(listening), NOTHING);
                    RawPeer peer = RawPeer.accept(listening)) {
                    peer.readSetUp(false);
                    peer.send(bad.getValue());
                    expectRefused(RnicError.CONNECTION_REFUSED, () -> attempt.await(Completions.PATIENCE))
                        .hasMessageEndingWith(": what came is no MPA set-up frame: " + bad.getKey());
                    peer.expectEnd();
                }
                assertThat(side.queuePair().state()).isEqualTo(QueuePairState.INIT);
            }
        }
    }

    /** RFC 6581 §9.1, §9.2: no ready-to-receive message that this side can send; more Reads than it answers. */
    @OverTcp
    void anAnswerThatCannotBeUsedShouldBeTerminated() throws IOException, InterruptedException {
        final int answers = side.queuePair().query().ird();
        expectTerminated(new EnhancedData(true, false, false, true, 16, 16), 0x12007, false);
        expectTerminated(new EnhancedData(true, true, false, false, 16, 16), 0x12007, true);
        expectTerminated(new EnhancedData(true, false, true, false, 16, answers + 1), 0x12006, false);
        expectTerminated(new EnhancedData(true, false, true, false, 16, answers + 1), 0x12006, true);
    }

    private void expectTerminated(final EnhancedData answer, final int terminate, final boolean markers)
        throws IOException, InterruptedException {
        try (ServerSocket listening = rawListener();
            ConnectionAttempt attempt = side.queuePair().beginConnect(address(listening), NOTHING);
            RawPeer peer = RawPeer.accept(listening)) {
            peer.send(RawPeer.frame(peer.readSetUp(false).accept(markers, true, answer, NOTHING)));
            assertThat((markers ? peer.withMarkers() : peer).readTerminate()).isEqualTo(terminate);
            peer.expectEnd();
            expectRefused(RnicError.CONNECTION_REFUSED, () -> attempt.await(Completions.PATIENCE));
        }
        assertThat(side.queuePair().state()).isEqualTo(QueuePairState.INIT);
    }

    @RnicTest(link = "tcp", settings = "mpa.timeout=50")
    @Timeout(60)
    void aSilentPeerShouldBeDropped() throws IOException, InterruptedException {
        final byte[] request = RawPeer.frame(RawPeer.request(NOTHING));
        try (RawPeer silent = RawPeer.connect(listener.address());
            RawPeer slow = RawPeer.connect(listener.address());
            ServerSocket listening = rawListener()) {
            slow.send(Arrays.copyOf(request, request.length - 1));
            silent.expectEnd();
            slow.expectEnd();
            assertThat(listener.await(Duration.ZERO)).isNull();
            expectRefusedSetUps(2);
            try (ConnectionAttempt attempt = side.queuePair().beginConnect(address(listening), NOTHING);
                RawPeer peer = RawPeer.accept(listening)) {
                expectRefused(RnicError.CONNECTION_REFUSED, () -> attempt.await(Completions.PATIENCE));
                peer.readSetUp(false);
                peer.expectEnd();
            }
        }
    }

    /** RFC 6581 §7: who asks for a connection of peers begins at once; until then the other side may not send. */
    @RnicTest(link = "tcp", settings = "mpa.timeout=50")
    @Timeout(60)
    void aPeerThatDoesNotBeginShouldBeDropped() throws IOException, InterruptedException {
        for (final byte[] begun : new byte[][] {NOTHING, Arrays.copyOf(RawPeer.send(1, MESSAGE), 5)}) {
            try (RawPeer peer = RawPeer.connect(listener.address()).request()) {
                nextRequest().accept(side.queuePair(), NOTHING);
                peer.expectAccepted();
                peer.send(begun);
                side.receive(1, 0, 64);
                side.send(2, 0, 8);
                peer.expectEnd();
                assertThat(side.awaitReceive()).wasFlushed().hasWrId(1);
                assertThat(side.awaitSend()).wasFlushed().hasWrId(2);
            }
            again();
        }
    }

    /** A client of siw does not say that it begins: it is as any idle one. */
    @RnicTest(link = "tcp", settings = "mpa.timeout=50")
    @Timeout(60)
    void aPeerThatNeedNotBeginShouldStay() throws IOException, InterruptedException {
        try (RawPeer peer = RawPeer.connect(listener.address());
            RawPeer silent = RawPeer.connect(listener.address())) {
            peer.send(RawPeer.frame(SetUp.request(false, true, EnhancedData.ofDepths(16, 16), NOTHING)));
            nextRequest().accept(side.queuePair(), NOTHING);
            peer.expectAccepted();
            silent.expectEnd();
            try (RawPeer later = RawPeer.connect(listener.address())) {
                later.expectEnd();
            }
            expectConnected(peer);
        }
    }

    /** Few of them stay, and who speaks gets in, whatever the time-out. */
    @RnicTest(link = "tcp", settings = "mpa.timeout=3600000")
    @Timeout(120)
    void silentPeersShouldNotKeepOthersOut() throws IOException, InterruptedException {
        final List<SocketChannel> silent = new ArrayList<>();
        for (int i = 0; i < SILENT_PEERS; i++) {
            silent.add(SocketChannel.open(listener.address()));
            silent.getLast().configureBlocking(false);
            if (silent.size() == 2 * MAX_HALF_OPEN) {
                Await.until("all but some ended", () -> {
                    silent.removeIf(TcpConnectionTest::hasEnded);
                    return silent.size() <= MAX_HALF_OPEN;
                });
            }
        }
        try (RawPeer peer = RawPeer.connect(listener.address()).request()) {
            nextRequest().accept(side.queuePair(), NOTHING);
            peer.expectAccepted();
            expectConnected(peer);
        }
        for (final SocketChannel peer : silent) {
            peer.close();
        }
    }

    private static boolean hasEnded(final SocketChannel peer) {
        try {
            if (peer.read(ByteBuffer.allocate(1)) == 0) {
                return false;
            }
        } catch (final IOException e) {
            // reset
        }
        try {
            peer.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return true;
    }

    @OverTcp
    void aPeerOfRevisionOneShouldBeServed() throws IOException, InterruptedException {
        try (RawPeer peer = RawPeer.connect(listener.address())) {
            peer.send(RawPeer.frame(new SetUp(false, false, true, false, 1, null, MESSAGE)));
            final ConnectionRequest request = nextRequest();
            assertThat(request.privateData()).isEqualTo(MESSAGE);
            request.accept(side.queuePair(), MESSAGE);
            final SetUp reply = peer.expectAccepted();
            assertThat(reply.revision()).isEqualTo(1);
            assertThat(reply.enhanced()).isNull();
            assertThat(reply.privateData()).isEqualTo(MESSAGE);
            expectConnected(peer);
        }
    }

    @OverTcp
    void aPeerThatRequiresMarkersShouldGetThem() throws IOException, InterruptedException {
        final int length = 5_000;
        try (RawPeer peer = RawPeer.connect(listener.address()).withMarkers()) {
            peer.send(RawPeer.frame(
                SetUp.request(true, true, new EnhancedData(true, false, true, false, 16, 16), NOTHING)));
            nextRequest().accept(side.queuePair(), NOTHING);
            assertThat(peer.expectAccepted().markers()).as("of this side").isFalse();
            expectConnected(peer);
            for (int i = 0; i < 5; i++) {
                side.memory().asSlice(0, length).fill((byte) i);
                side.write(3, 0, length, 0x1000, 77);
                int read = 0;
                while (read < length) {
                    final var ulpdu = peer.readUlpdu();
                    assertThat(DdpHeader.stag(ulpdu, 0)).isEqualTo(77);
                    assertThat(DdpHeader.taggedOffset(ulpdu, 0)).isEqualTo(0x1000 + read);
                    assertThat(ulpdu.asSlice(DdpHeader.TAGGED_LENGTH).toArray(ValueLayout.JAVA_BYTE))
                        .containsOnly(i);
                    read += (int) ulpdu.byteSize() - DdpHeader.TAGGED_LENGTH;
                }
                assertThat(side.awaitSend()).succeeded();
            }
        }
    }

    @OverTcp
    void aRejectionShouldBeToldBothWays() throws IOException, InterruptedException {
        try (RawPeer peer = RawPeer.connect(listener.address()).request()) {
            nextRequest().reject(MESSAGE);
            final SetUp reply = peer.readSetUp(true);
            assertThat(reply.rejected()).isTrue();
            assertThat(reply.privateData()).isEqualTo(MESSAGE);
            peer.expectEnd();
        }
        try (ServerSocket listening = rawListener();
            ConnectionAttempt attempt = side.queuePair().beginConnect(address(listening), NOTHING);
            RawPeer peer = RawPeer.accept(listening)) {
            peer.send(RawPeer.frame(peer.readSetUp(false).reject(
                false, true, EnhancedData.ofDepths(0, 0), MESSAGE)));
            assertThatThrownBy(() -> attempt.await(Completions.PATIENCE)).isInstanceOfSatisfying(
                RejectedException.class, e -> assertThat(e.privateData()).isEqualTo(MESSAGE));
            peer.expectEnd();
        }
        assertThat(side.queuePair().state()).isEqualTo(QueuePairState.INIT);
    }

    /** Whichever comes last is refused, and its connection ended. */
    @OverTcp
    void oneRequestMoreThanTheBacklogHoldsShouldBeRefused() throws Exception {
        final List<QueuePair> asking = new ArrayList<>();
        final List<ConnectionAttempt> attempts = new ArrayList<>();
        final List<CompletableFuture<RnicError>> ends = new ArrayList<>();
        for (int i = 0; i <= BACKLOG; i++) {
            final QueuePair queuePair = side.domain().createQueuePair(QueuePairOptions.of(side.sends()));
            final ConnectionAttempt attempt = queuePair.beginConnect(listener.address(), NOTHING);
            asking.add(queuePair);
            attempts.add(attempt);
            final CompletableFuture<RnicError> end = new CompletableFuture<>();
            ends.add(end);
            Thread.ofVirtual().start(() -> end.completeAsync(() -> errorOf(attempt), Runnable::run));
        }
        assertThat(CompletableFuture.anyOf(ends.toArray(CompletableFuture[]::new)).get())
            .isEqualTo(RnicError.CONNECTION_REFUSED);
        attempts.forEach(ConnectionAttempt::close);
        assertThat(ends.stream().map(TcpConnectionTest::get)).containsOnlyOnce(RnicError.CONNECTION_REFUSED)
            .hasSize(BACKLOG + 1);
        asking.forEach(QueuePair::close);
    }

    private static RnicError errorOf(final ConnectionAttempt attempt) {
        try {
            attempt.await(Completions.PATIENCE);
            throw new AssertionError("accepted by nobody");
        } catch (final RnicException e) {
            return e.error();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static RnicError get(final CompletableFuture<RnicError> end) {
        try {
            return end.get();
        } catch (final InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
