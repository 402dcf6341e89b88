package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rnic.emu.wire.RdmapOpcode;
import io.rnic.emu.wire.TerminateCode;
import io.rnic.testing.Await;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.AsyncEvent;
import io.rnic.verbs.AsyncEventType;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A peer by TCP that stops in the middle of something is dropped after a time-out; one that is idle is not. */
@Timeout(60)
class TcpStallTest {
    private static final int SHORT_MS = 100;

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

    private RawPeer connect() throws IOException, InterruptedException {
        return connect(listener, side);
    }

    private static RawPeer connect(final Listener listener, final Side side) throws IOException, InterruptedException {
        final RawPeer peer = RawPeer.connect(listener, side.queuePair());
        side.receive(1, 0, 64);
        peer.send(RawPeer.send(1, new byte[8]));
        assertThat(side.awaitReceive()).succeeded();
        return peer;
    }

    /** Of each FPDU some bytes are missing, from its first one on. */
    private void leaveFpdusBegun() throws IOException, InterruptedException {
        leaveFpdusBegun(1, 5, 30, RawPeer.send(2, new byte[20]).length - 1);
    }

    private void leaveFpdusBegun(final int... lengths) throws IOException, InterruptedException {
        final byte[] send = RawPeer.send(2, new byte[20]);
        for (final int sent : lengths) {
            try (RawPeer peer = connect()) {
                side.receive(2, 64, 64);
                side.read(3, 0, 8, 0x1000, 7);
                peer.readUlpdu();
                peer.send(Arrays.copyOf(send, sent));
                expectGivenUp(Check.PEER_STALLED, SHORT_MS);
                assertThat(side.awaitReceive()).wasFlushed().hasWrId(2);
                assertThat(side.awaitSend()).wasFlushed().hasWrId(3);
                peer.expectEnd();
            }
            again();
        }
    }

    /** The owner is told that this side ran out of patience, and with what; and by an event that it disconnected. */
    private void expectGivenUp(final Check waited, final int timeoutMs) throws InterruptedException {
        final Diagnosis diagnosis = side.awaitDiagnosis();
        assertThat(diagnosis.check()).isEqualTo(waited);
        assertThat(diagnosis.byPeer()).isFalse();
        assertThat(diagnosis).hasToString("queue pair %d: %s, %s; %d ms",
            side.queuePair().number(), waited, text(waited), timeoutMs);
        assertThat(side.rnic().awaitAsyncEvent(Completions.PATIENCE))
            .isEqualTo(new AsyncEvent(AsyncEventType.DISCONNECTED, side.queuePair(), 0));
    }

    private static String text(final Check waited) {
        return switch (waited) {
            case PEER_STALLED ->
                "tcp.timeout ran out: the peer did not go on with an FPDU or message that it had begun";
            case NO_ANSWER -> "tcp.timeout ran out: the peer did not answer an RDMA Read or atomic";
            case NOT_TAKEN -> "tcp.timeout ran out: the peer did not take what was sent to it";
            default -> "mpa.timeout ran out: the peer, which is to send first, sent nothing";
        };
    }

    private void again() {
        assertThat(Completions.poll(side.sends())).as("no completion twice").isEmpty();
        assertThat(Completions.poll(side.receives())).as("no completion twice").isEmpty();
        side.queuePair().modify(QueuePairState.RESET);
        side.queuePair().modify(QueuePairState.INIT);
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "tcp", settings = "tcp.timeout=" + SHORT_MS)
    void whoLeavesAnFpduBegunShouldBeDropped() throws IOException, InterruptedException {
        leaveFpdusBegun();
    }

    @RnicTest(link = "tcp", settings = {"tcp.timeout=" + SHORT_MS, "tcp.transport=nio"})
    void whoLeavesAnFpduBegunShouldBeDroppedByNioToo() throws IOException, InterruptedException {
        leaveFpdusBegun();
    }

    /** The Writes are longer than what sockets hold. */
    private void takeNothing() throws IOException, InterruptedException {
        final int longer = 16 << 20;
        final RawPeer silent = connect();
        try (MemoryRegion region = side.register(longer, Access.LOCAL_WRITE)) {
            for (int i = 0; i < 4; i++) {
                side.queuePair().postSend(
                    new SendRequest().write(i, 0x1000, 7).sge(region, 0, longer).signalled(true));
            }
            expectGivenUp(Check.NOT_TAKEN, SHORT_MS);
            final List<CompletedRequest> done = Completions.await(side.sends(), 4);
            assertThat(done).extracting(CompletedRequest::wrId).containsExactly(0L, 1L, 2L, 3L);
            assertThat(done.getLast()).hasStatus(CompletionStatus.FLUSHED);
        } finally {
            silent.close();
        }
        again();
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "tcp", settings = "tcp.timeout=" + SHORT_MS)
    void whoTakesNothingShouldBeDropped() throws IOException, InterruptedException {
        takeNothing();
    }

    @RnicTest(link = "tcp", settings = {"tcp.timeout=" + SHORT_MS, "tcp.transport=nio"})
    void whoTakesNothingShouldBeDroppedByNioToo() throws IOException, InterruptedException {
        takeNothing();
    }

    /** Too slow to be waited for. */
    @RnicTest(link = "tcp", settings = "tcp.timeout=1000")
    void whoTakesAFewBytesNowAndThenShouldBeDropped() throws IOException, InterruptedException {
        final int longer = 16 << 20;
        try (MemoryRegion region = side.register(longer, Access.LOCAL_WRITE);
            RawPeer slow = RawPeer.connectNarrow(listener.address()).request()) {
            Objects.requireNonNull(listener.await(Completions.PATIENCE)).accept(side.queuePair(), new byte[0]);
            slow.expectAccepted();
            slow.send(RawPeer.tagged(RdmapOpcode.WRITE, 0, 0, true, new byte[0]));
            side.queuePair().postSend(new SendRequest().write(1, 0x1000, 7).sge(region, 0, longer).signalled(true));
            while (side.queuePair().state() != QueuePairState.ERROR) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100)); // the slower, the sooner it is dropped
                slow.take(80);
            }
            expectGivenUp(Check.NOT_TAKEN, 1000);
            assertThat(side.awaitSend()).wasFlushed().hasWrId(1);
        }
        again();
    }

    /** What it sends does not make up for what it does not take. */
    private void sendAndTakeNothing() throws IOException, InterruptedException {
        final int longer = 16 << 20;
        final byte[] nothing = RawPeer.tagged(RdmapOpcode.WRITE, 0, 0, true, new byte[0]);
        try (RawPeer talking = connect(); MemoryRegion region = side.register(longer, Access.LOCAL_WRITE)) {
            side.queuePair().postSend(new SendRequest().write(1, 0x1000, 7).sge(region, 0, longer).signalled(true));
            while (side.queuePair().state() != QueuePairState.ERROR) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SHORT_MS / 10));
                talking.trySend(nothing);
            }
            expectGivenUp(Check.NOT_TAKEN, SHORT_MS);
            assertThat(side.awaitSend()).wasFlushed().hasWrId(1);
        }
        again();
    }

    @RnicTest(link = "tcp", settings = "tcp.timeout=" + SHORT_MS)
    void whoSendsAndTakesNothingShouldBeDropped() throws IOException, InterruptedException {
        sendAndTakeNothing();
    }

    @RnicTest(link = "tcp", settings = {"tcp.timeout=" + SHORT_MS, "tcp.transport=nio"})
    void whoSendsAndTakesNothingShouldBeDroppedByNioToo() throws IOException, InterruptedException {
        sendAndTakeNothing();
    }

    /** It may have so many under way as is agreed on; their answers are longer than what sockets hold. */
    @RnicTest(threading = {"invoker", "dedicated"}, link = "tcp", settings = "tcp.timeout=" + SHORT_MS)
    void whoReadsAndTakesNoAnswersShouldBeDropped() throws IOException, InterruptedException {
        final int longer = 16 << 20;
        try (MemoryRegion region = side.register(longer, Access.REMOTE_READ); RawPeer peer = connect()) {
            for (int msn = 1; msn <= side.queuePair().query().ird(); msn++) {
                peer.send(RawPeer.readRequest(msn, region.rkey(), region.address(), longer));
            }
            side.receive(2, 64, 64);
            side.send(3, 0, 8);
            expectGivenUp(Check.NOT_TAKEN, SHORT_MS);
            assertThat(side.awaitReceive()).wasFlushed().hasWrId(2);
            assertThat(side.awaitSend()).hasWrId(3);
        }
        again();
    }

    private static void expectTerminateAndEnd(final RawPeer peer) throws IOException {
        peer.send(RawPeer.send(7, new byte[8]));
        assertThat(peer.readTerminate()).isEqualTo(TerminateCode.MSN_RANGE);
        peer.expectEnd();
    }

    /**
     * Told that the connection is over, by a Terminate and its end, it goes on and never ends its own side. It is given
     * some seconds: by both transports at once.
     */
    @RnicTest(link = "tcp", frontEnds = "user")
    void whoGoesOnBehindTheEndShouldBeCutOffByNioToo(final RnicOptions options)
        throws IOException, InterruptedException {
        final byte[] more = RawPeer.send(8, new byte[8]);
        try (Rnic nio = Rnic.open(options.with("device", "nio").with("tcp.transport", "nio"));
            Side nioSide = Side.of(nio);
            Listener nioListener = nio.listen(ConnectedPair.anyPort());
            RawPeer deaf = connect(); RawPeer nioDeaf = connect(nioListener, nioSide)) {
            expectTerminateAndEnd(deaf);
            expectTerminateAndEnd(nioDeaf);
            boolean goesOn = true;
            boolean nioGoesOn = true;
            while (goesOn || nioGoesOn) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SHORT_MS));
                goesOn = goesOn && deaf.trySend(more);
                nioGoesOn = nioGoesOn && nioDeaf.trySend(more);
            }
        }
    }

    private void answerNothing() throws IOException, InterruptedException {
        try (RawPeer peer = connect()) {
            side.read(3, 0, 8, 0x1000, 7);
            peer.readUlpdu();
            expectGivenUp(Check.NO_ANSWER, SHORT_MS);
            assertThat(side.awaitSend()).wasFlushed().hasWrId(3);
            peer.expectEnd();
        }
        again();
    }

    @RnicTest(threading = {"invoker", "dedicated"}, link = "tcp", settings = "tcp.timeout=" + SHORT_MS)
    void whoAnswersNothingShouldBeDropped() throws IOException, InterruptedException {
        answerNothing();
    }

    @RnicTest(link = "tcp", settings = {"tcp.timeout=" + SHORT_MS, "tcp.transport=nio"})
    void whoAnswersNothingShouldBeDroppedByNioToo() throws IOException, InterruptedException {
        answerNothing();
    }

    /** It leaves a message begun, between two of its FPDUs. */
    @RnicTest(link = "tcp", settings = "tcp.timeout=" + SHORT_MS)
    void whoLeavesAMessageBegunShouldBeDropped() throws IOException, InterruptedException {
        try (RawPeer peer = connect()) {
            side.receive(2, 64, 64);
            peer.send(RawPeer.untagged(RdmapOpcode.SEND, 2, 0, false, new byte[8]));
            expectGivenUp(Check.PEER_STALLED, SHORT_MS);
            assertThat(side.awaitReceive()).wasFlushed().hasWrId(2);
        }
        again();
    }

    /** It has said that it begins (RFC 6581). */
    @RnicTest(threading = {"invoker", "dedicated"}, link = "tcp", settings = "mpa.timeout=" + SHORT_MS)
    void whoDoesNotBeginShouldBeDropped() throws IOException, InterruptedException {
        try (RawPeer silent = RawPeer.connect(listener, side.queuePair())) {
            expectGivenUp(Check.NO_FIRST_MESSAGE, SHORT_MS);
            silent.expectEnd();
        }
        again();
    }

    /** Its machine may be gone without a word: Linux shows which timer of a socket runs, 2 is the one that asks. */
    @RnicTest(link = "tcp")
    void whoIsIdleShouldBeAskedByTheSystem() throws IOException, InterruptedException {
        final Path sockets = Path.of("/proc/net/tcp6");
        assumeTrue(Files.exists(sockets));
        try (RawPeer idle = connect()) {
            final String ports = ".*:%04X [0-9A-F]+:%04X .*".formatted(listener.address().getPort(), idle.port());
            Await.until("a timer that asks " + ports, () -> lines(sockets).stream()
                .anyMatch(line -> line.matches(ports) && line.contains(" 02:")));
        }
    }

    private static List<String> lines(final Path file) {
        try {
            return Files.readAllLines(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Others are dropped meanwhile, one after the other: several time-outs pass. */
    @RnicTest(link = "tcp", settings = "tcp.timeout=" + SHORT_MS)
    void whoIsIdleShouldStay(final ConnectedPair idle) throws IOException, InterruptedException {
        leaveFpdusBegun(1, 5);
        idle.server().receive(1, 0, 64);
        idle.client().send(2, 0, 64);
        assertThat(idle.server().awaitReceive()).succeeded();
        assertThat(idle.client().awaitSend()).succeeded();
    }
}
