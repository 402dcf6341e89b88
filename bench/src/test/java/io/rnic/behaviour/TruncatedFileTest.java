package io.rnic.behaviour;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.Await;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.Diagnosis.Check;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Registered memory that is a file's, and the file is truncated: whoever has the memory is to blame, and both sides say
 * why. Short messages, which the host may place, say the same as long ones.
 */
class TruncatedFileTest {
    private static final int BYTES = 1 << 16;
    private static final int[] LENGTHS = {1, 8, 40, 41, 4096, 30_000};
    private static final int PLACED_BY_HOST = 40;

    @TempDir
    private Path folder;
    private Arena arena;
    private FileChannel file;
    private MemorySegment mapped;
    private ConnectedPair pair;
    private Side client;
    private Side server;

    @BeforeEach
    @SuppressWarnings("MustBeClosedChecker") // it is closed behind each test
    void connect(final ConnectedPair given) throws IOException {
        pair = given;
        client = pair.client();
        server = pair.server();
        arena = Arena.ofShared();
        file = FileChannel.open(
            folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);
    }

    @AfterEach
    void close() throws IOException {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        file.close();
    }

    private void truncate() throws IOException {
        file.truncate(0);
    }

    private void restore() throws IOException, InterruptedException {
        file.write(ByteBuffer.allocate(1), BYTES - 1L);
        pair.reconnect();
    }

    private static void assertGone(final Diagnosis diagnosis, final int stag, final long address, final long length) {
        assertThat(diagnosis.check()).as("%s", diagnosis).isEqualTo(Check.MEMORY);
        assertThat(diagnosis.byPeer()).isFalse();
        assertThat(diagnosis.stag()).isEqualTo(stag);
        assertThat(diagnosis.address()).isEqualTo(address);
        assertThat(diagnosis.length()).isEqualTo(length);
    }

    /** The peer of who has the memory: over TCP it knows what the Terminate says, if there was one. */
    private void assertTold(final Diagnosis told, final int terminate) {
        assertThat(told.byPeer()).as("%s", told).isTrue();
        assertThat(told.terminate()).isEqualTo(terminate);
        assertThat(told.check()).isIn(Check.MEMORY, Check.TERMINATE, Check.STAG);
        if (pair.acknowledges()) {
            assertThat(told.check()).isEqualTo(Check.MEMORY);
        }
    }

    private void assertDone(final CompletionStatus refused, final boolean mayBeDone) {
        final CompletionStatus status = client.awaitSend().status();
        if (!pair.acknowledges()) {
            assertThat(status).isEqualTo(CompletionStatus.SUCCESS);
        } else if (!mayBeDone || status != CompletionStatus.SUCCESS) {
            assertThat(status).isEqualTo(refused);
        }
    }

    @EveryDoor
    void shouldBlameTheReceive() throws Exception {
        try (MemoryRegion inbox = server.domain().registerMemory(mapped, Access.LOCAL_WRITE)) {
            for (final int length : LENGTHS) {
                server.queuePair().postReceive(new ReceiveRequest().receive(7).sge(inbox, 64, 32_000));
                truncate();
                client.send(1, 0, length);
                assertThat(server.awaitReceive()).hasWrId(7).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR)
                    .hasTerminate(1, 0, 0);
                assertThat(server.queuePair().state()).isEqualTo(QueuePairState.ERROR);
                assertDone(CompletionStatus.REMOTE_OPERATION_ERROR, length <= PLACED_BY_HOST);
                final Diagnosis found = server.awaitDiagnosis();
                assertGone(found, inbox.lkey(), inbox.address() + 64, 32_000);
                assertThat(found.wrId()).isEqualTo(7);
                assertThat(found.operation()).isEqualTo(CompletionOpcode.RECEIVE);
                assertThat(found.toString()).contains(
                    "the memory is gone: its arena was closed or its file was truncated");
                assertTold(client.awaitDiagnosis(), 0x11000);
                restore();
            }
        }
    }

    @EveryDoor
    void shouldBlameTheSecondPieceOfAReceive() throws Exception {
        try (MemoryRegion inbox = server.domain().registerMemory(mapped, Access.LOCAL_WRITE)) {
            server.queuePair().postReceive(
                new ReceiveRequest().receive(7).sge(server.region(), 0, 4).sge(inbox, 8, 1000));
            truncate();
            client.send(1, 0, 30);
            assertThat(server.awaitReceive()).hasWrId(7).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
            assertGone(server.awaitDiagnosis(), inbox.lkey(), inbox.address() + 8, 1000);
        }
    }

    /** The host places when it polls, the NIC before: whoever did, what is told is the same. */
    @EveryDoor
    void shouldBlameTheReceiveOfARegionThatIsDeregistered() throws Exception {
        final MemoryRegion inbox = server.domain().registerMemory(mapped, Access.LOCAL_WRITE);
        final int lkey = inbox.lkey();
        server.queuePair().postReceive(new ReceiveRequest().receive(7).sge(inbox, 0, 64));
        truncate();
        client.send(1, 0, 8);
        Await.until("the receive's completion", () -> server.receives().query().unpolled() == 1);
        inbox.close();
        assertThat(server.queuePair().state()).isEqualTo(QueuePairState.ERROR);
        assertThat(server.awaitReceive()).hasWrId(7).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR)
            .hasTerminate(1, 0, 0);
        assertGone(server.awaitDiagnosis(), lkey, mapped.address(), 64);
        assertTold(client.awaitDiagnosis(), 0x11000);
    }

    /** Memory that was freed after the message had come has taken its bytes with it, wherever they were. */
    @EveryDoor
    @SuppressWarnings("MustBeClosedChecker") // it is closed under the registration
    void shouldHaveReceivedIntoMemoryThatWasFreedAfterwards() {
        final Arena freed = Arena.ofShared();
        try (MemoryRegion inbox = server.domain().registerMemory(freed.allocate(64), Access.LOCAL_WRITE)) {
            server.queuePair().postReceive(new ReceiveRequest().receive(7).sge(inbox, 0, 64));
            client.send(1, 0, 8);
            client.awaitSend();
            client.awaitPlaced();
            freed.close();
            assertThat(server.awaitReceive()).hasWrId(7).succeeded();
            assertThat(server.queuePair().diagnosis()).isNull();
        }
    }

    /** A file outlives its mapping: a message whose completion says that it came is in it. */
    @EveryDoor
    void shouldNotSayThatAMessageCameThatIsNotInTheFile() throws Exception {
        try (MemoryRegion inbox = server.domain().registerMemory(mapped, Access.LOCAL_WRITE)) {
            client.fill(0, new byte[] {5});
            server.queuePair().postReceive(new ReceiveRequest().receive(7).sge(inbox, 0, 64));
            client.send(1, 0, 1);
            client.awaitSend();
            client.awaitPlaced();
            arena.close();
            final CompletionStatus status = server.awaitReceive().status();
            final ByteBuffer first = ByteBuffer.allocate(1);
            file.read(first, 0);
            assertThat(status).isEqualTo(
                first.get(0) == 5 ? CompletionStatus.SUCCESS : CompletionStatus.LOCAL_PROTECTION_ERROR);
            assertThat(server.queuePair().diagnosis() != null).isEqualTo(status != CompletionStatus.SUCCESS);
        }
    }

    @EveryDoor
    void shouldBlameTheTargetOfAWrite() throws Exception {
        try (MemoryRegion target = server.domain().registerMemory(mapped, Access.values())) {
            for (final int length : LENGTHS) {
                truncate();
                client.write(1, 0, length, target.address() + 8, target.rkey());
                assertDone(CompletionStatus.REMOTE_ACCESS_ERROR, false);
                final Diagnosis found = server.awaitDiagnosis();
                assertThat(found.check()).as("%s", found).isEqualTo(Check.MEMORY);
                assertThat(found.stag()).isEqualTo(target.rkey());
                assertTold(client.awaitDiagnosis(), 0x11100);
                restore();
            }
        }
    }

    @EveryDoor
    void shouldBlameTheSourceOfAWrite() throws Exception {
        try (MemoryRegion source = client.domain().registerMemory(mapped, Access.values())) {
            for (final int length : LENGTHS) {
                truncate();
                client.queuePair().postSend(new SendRequest().write(
                    3, server.region().address(), server.region().rkey()).sge(source, 16, length).signalled(true));
                assertThat(client.awaitSend()).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR).hasNoTerminate();
                assertGone(client.awaitDiagnosis(), source.lkey(), source.address() + 16, length);
                assertThat(server.awaitDiagnosis().check()).isEqualTo(Check.PEER_DISCONNECTED);
                restore();
            }
        }
    }

    @EveryDoor
    void shouldBlameTheSinkOfARead() throws Exception {
        try (MemoryRegion sink = client.domain().registerMemory(mapped, Access.LOCAL_WRITE)) {
            for (final int length : LENGTHS) {
                truncate();
                client.queuePair().postSend(new SendRequest().read(
                    3, server.region().address(), server.region().rkey()).sge(sink, 16, length).signalled(true));
                assertThat(client.awaitSend()).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR).hasNoTerminate();
                final Diagnosis found = client.awaitDiagnosis();
                assertGone(found, sink.lkey(), sink.address() + 16, length);
                assertThat(found.wrId()).isEqualTo(3);
                assertThat(server.awaitDiagnosis().check()).isEqualTo(Check.PEER_DISCONNECTED);
                restore();
            }
        }
    }

    @EveryDoor
    void shouldBlameTheSourceOfARead() throws Exception {
        try (MemoryRegion source = server.domain().registerMemory(mapped, Access.values())) {
            for (final int length : LENGTHS) {
                truncate();
                client.read(3, 0, length, source.address() + 8, source.rkey());
                assertThat(client.awaitSend()).hasStatus(CompletionStatus.REMOTE_ACCESS_ERROR);
                assertGone(server.awaitDiagnosis(), source.rkey(), source.address() + 8, length);
                assertTold(client.awaitDiagnosis(), 0x10100);
                restore();
            }
        }
    }

    @EveryDoor
    void shouldBlameEitherSideOfAnAtomic() throws Exception {
        try (MemoryRegion target = server.domain().registerMemory(mapped, Access.values());
            MemoryRegion sink = client.domain().registerMemory(mapped, Access.LOCAL_WRITE)) {
            truncate();
            client.queuePair().postSend(new SendRequest().fetchAndAdd(1, target.address() + 8, target.rkey(), 1)
                .sge(client.region(), 0, 8).signalled(true));
            assertThat(client.awaitSend()).hasStatus(CompletionStatus.REMOTE_ACCESS_ERROR);
            assertGone(server.awaitDiagnosis(), target.rkey(), target.address() + 8, 8);
            assertTold(client.awaitDiagnosis(), 0x10100);
            restore();
            truncate();
            client.queuePair().postSend(
                new SendRequest().fetchAndAdd(2, server.region().address(), server.region().rkey(), 1)
                    .sge(sink, 24, 8).signalled(true));
            assertThat(client.awaitSend()).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR).hasNoTerminate();
            final Diagnosis found = client.awaitDiagnosis();
            assertGone(found, sink.lkey(), sink.address() + 24, 8);
            assertThat(found.operation()).isEqualTo(CompletionOpcode.ATOMIC_FETCH_AND_ADD);
            assertThat(Completions.poll(client.sends())).isEmpty();
        }
    }
}
