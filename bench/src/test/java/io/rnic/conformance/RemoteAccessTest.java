package io.rnic.conformance;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.behaviour.EveryDoor;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.RnicTest;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Memory protection, what the peer may do: 24 to 30, 34, 37, 39. */
class RemoteAccessTest {
    private static final Access[] ALL =
        {Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.REMOTE_READ, Access.REMOTE_ATOMIC};

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

    /** A Write to that address is answered by this Terminate; then the pair is connected again. */
    private void expectWriteRefused(
        final long address, final int rkey, final int layer, final int errorType, final int errorCode)
        throws InterruptedException {
        client.write(1, 0, 8, address, rkey);
        Refusal.byTheServer(pair, CompletionStatus.REMOTE_ACCESS_ERROR, layer, errorType, errorCode);
        pair.reconnect();
    }

    private void expectReadRefused(
        final long address, final int rkey, final int layer, final int errorType, final int errorCode)
        throws InterruptedException {
        client.read(1, 0, 8, address, rkey);
        Refusal.byTheServer(pair, CompletionStatus.REMOTE_ACCESS_ERROR, layer, errorType, errorCode);
        pair.reconnect();
    }

    @EveryDoor
    void c24_stagThenDomainThenAccessThenBoundsIsChecked() throws InterruptedException {
        try (ProtectionDomain other = server.rnic().allocateProtectionDomain();
            MemoryRegion othersWithoutAccess = other.registerMemory(Arena.ofAuto().allocate(8));
            MemoryRegion ownWithoutAccess = server.register(8)) {
            final long outside = othersWithoutAccess.address() + 1;
            expectWriteRefused(outside, othersWithoutAccess.rkey() ^ 1, 1, 1, 0);
            expectReadRefused(outside, othersWithoutAccess.rkey() ^ 1, 0, 1, 0);
            expectWriteRefused(outside, othersWithoutAccess.rkey(), 1, 1, 2);
            expectReadRefused(outside, othersWithoutAccess.rkey(), 0, 1, 3);
            expectWriteRefused(ownWithoutAccess.address() + 1, ownWithoutAccess.rkey(), 0, 1, 2);
            expectReadRefused(ownWithoutAccess.address() + 1, ownWithoutAccess.rkey(), 0, 1, 2);
        }
    }

    @EveryDoor
    void c25_writeWithoutRemoteWriteIsRefused() throws InterruptedException {
        try (MemoryRegion readable = server.register(8, Access.LOCAL_WRITE, Access.REMOTE_READ);
            MemoryRegion local = server.register(8, Access.LOCAL_WRITE)) {
            expectWriteRefused(readable.address(), readable.rkey(), 0, 1, 2);
            expectWriteRefused(local.address(), local.rkey(), 0, 1, 2);
            assertThat(readable.segment().get(ValueLayout.JAVA_LONG, 0)).isZero();
            assertThat(local.segment().get(ValueLayout.JAVA_LONG, 0)).isZero();
        }
    }

    @EveryDoor
    void c26_readWithoutRemoteReadIsRefusedAndNothingLeaves() throws InterruptedException {
        try (MemoryRegion writable = server.register(8, Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            expectReadRefused(writable.address(), writable.rkey(), 0, 1, 2);
        }
    }

    @EveryDoor
    void c27_anUnknownOrDeregisteredStagIsRefused() throws InterruptedException {
        final int unknown = 0xFFFFFF00;
        expectWriteRefused(server.region().address(), unknown, 1, 1, 0);
        expectReadRefused(server.region().address(), unknown, 0, 1, 0);
        expectWriteRefused(server.region().address(), 0, 1, 1, 0);
        expectReadRefused(server.region().address(), 0, 0, 1, 0);

        final MemoryRegion region = server.register(8, ALL);
        client.write(1, 0, 8, region.address(), region.rkey());
        assertThat(client.awaitSend()).succeeded();
        client.awaitPlaced();
        region.close();
        region.segment().fill((byte) 3);
        expectWriteRefused(region.address(), region.rkey(), 1, 1, 0);
        expectReadRefused(region.address(), region.rkey(), 0, 1, 0);
        assertThat(region.segment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(3);
    }

    @EveryDoor
    void c28_outOfBoundsAnotherDomainAndAWrappedOffsetAreRefused() throws InterruptedException {
        final long first = server.region().address();
        final int rkey = server.region().rkey();
        for (final long outside : new long[] {first - 1, first + Side.REGION_BYTES - 7, first + Side.REGION_BYTES,
            first + (1L << 32), 0}) {
            expectWriteRefused(outside, rkey, 1, 1, 1);
            expectReadRefused(outside, rkey, 0, 1, 1);
        }
        try (ProtectionDomain other = server.rnic().allocateProtectionDomain();
            MemoryRegion region = other.registerMemory(Arena.ofAuto().allocate(8), ALL)) {
            expectWriteRefused(region.address(), region.rkey(), 1, 1, 2);
            expectReadRefused(region.address(), region.rkey(), 0, 1, 3);
        }
        expectWriteRefused(-4, rkey, 1, 1, 3);
        expectReadRefused(-4, rkey, 0, 1, 4);
    }

    @EveryDoor
    void c29_aValidIndexWithAnotherKeyIsAsUnknown() throws InterruptedException {
        for (final int bit : new int[] {0x01, 0x80}) {
            expectWriteRefused(server.region().address(), server.region().rkey() ^ bit, 1, 1, 0);
            expectReadRefused(server.region().address(), server.region().rkey() ^ bit, 0, 1, 0);
        }
    }

    @EveryDoor
    void c30_anEmptyWriteOrReadNeedsNoValidStag() {
        client.queuePair().postSend(new SendRequest().write(1, 12345, 0xDEAD).signalled(true));
        client.queuePair().postSend(new SendRequest().read(2, 12345, 0xDEAD).signalled(true));
        client.queuePair().postSend(new SendRequest().read(3, 12345, 0xDEAD).sge(99, 0, 99).signalled(true));

        assertThat(Completions.await(client.sends(), 3)).extracting(CompletedRequest::status)
            .containsOnly(CompletionStatus.SUCCESS);
    }

    @EveryDoor
    void c34_nothingIsPlacedOnceDeregistrationHasReturned() throws Exception {
        for (int round = 0; round < PeerWrites.rounds(pair); round++) {
            final MemoryRegion region = PeerWrites.region(pair, Access.LOCAL_WRITE, Access.REMOTE_WRITE);
            PeerWrites.expectNoneAfter(pair, region, region.rkey(), Diagnosis.Check.STAG, region::close);
        }
    }

    @EveryDoor
    void c37_memoryWhoseArenaIsClosedUnderARegistrationEndsInAnError() throws InterruptedException {
        expectErrorsOfClosedMemory(8);
    }

    /** So long, and without a CRC, that TCP takes the bytes straight from the memory. */
    @RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"}, settings = "mpa.crc=false")
    @Timeout(60)
    void c37_longMessagesOfSuchMemoryEndInAnErrorToo() throws InterruptedException {
        expectErrorsOfClosedMemory(Side.REGION_BYTES);
    }

    @SuppressWarnings("MustBeClosedChecker") // it is closed under the registrations
    private void expectErrorsOfClosedMemory(final int length) throws InterruptedException {
        final Arena arena = Arena.ofShared();
        try (MemoryRegion target = server.domain().registerMemory(arena.allocate(length, 8), ALL);
            MemoryRegion source = client.domain().registerMemory(arena.allocate(length), Access.LOCAL_WRITE)) {
            arena.close();
            client.queuePair().postSend(new SendRequest().fetchAndAdd(1, target.address(), target.rkey(), 1)
                .sge(client.region(), 0, 8));
            Refusal.byTheServer(pair, CompletionStatus.REMOTE_ACCESS_ERROR, 0, 1, 0);
            pair.reconnect();
            client.write(1, 0, length, target.address(), target.rkey());
            Refusal.byTheServer(pair, CompletionStatus.REMOTE_ACCESS_ERROR, 1, 1, 0);
            pair.reconnect();
            client.read(1, 0, length, target.address(), target.rkey());
            Refusal.byTheServer(pair, CompletionStatus.REMOTE_ACCESS_ERROR, 0, 1, 0);
            pair.reconnect();

            final long address = server.region().address();
            final int rkey = server.region().rkey();
            for (final SendRequest request : new SendRequest[] {
                new SendRequest().write(2, address, rkey).sge(source, 0, length),
                new SendRequest().read(3, address, rkey).sge(source, 0, length),
                new SendRequest().compareAndSwap(3, address, rkey, 1, 2).sge(source, 0, 8)}) {
                client.queuePair().postSend(request);
                Refusal.byTheClient(pair, CompletionStatus.LOCAL_PROTECTION_ERROR);
                pair.reconnect();
            }

            server.queuePair().postReceive(new ReceiveRequest().receive(4).sge(target, 0, length));
            client.send(5, 0, length);
            assertThat(server.awaitReceive()).hasWrId(4).hasStatus(CompletionStatus.LOCAL_PROTECTION_ERROR);
            Refusal.byTheServer(pair, CompletionStatus.REMOTE_OPERATION_ERROR, 1, 0, 0);
        }
    }

    @EveryDoor
    void c39_regionsBeyondFourGibibytesWork(@TempDir final Path folder) throws IOException {
        final long bytes = 5L << 30;
        try (Arena arena = Arena.ofShared();
            FileChannel file = FileChannel.open(folder.resolve("sparse"), StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final MemorySegment huge = file.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
            try (MemoryRegion region = server.domain().registerMemory(huge, ALL)) {
                assertThat(region.length()).isEqualTo(bytes);
                client.memory().asSlice(0, 3000).fill((byte) 0x39);
                client.write(1, 0, 3000, region.address() + bytes - 3000, region.rkey());
                client.read(2, 10_000, 3000, region.address() + bytes - 3000, region.rkey());
                assertThat(Completions.await(client.sends(), 2)).extracting(CompletedRequest::status)
                    .containsOnly(CompletionStatus.SUCCESS);
                assertThat(huge.asSlice(bytes - 3000).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0x39);
                assertThat(client.bytes(10_000, 3000)).containsOnly(0x39);
                assertThat(client.bytes(13_000, 8)).as("and no more").containsOnly(0x5a);
                expectPiecesAtTheEnd(region);
            }
        }
    }

    /** Such a region's owner sends, writes, reads into it and receives there; nothing comes to its beginning. */
    private void expectPiecesAtTheEnd(final MemoryRegion region) {
        final long end = region.length() - 3000;
        final long address = client.region().address();
        final int rkey = client.region().rkey();
        client.receive(1, 20_000, 500);
        server.queuePair().postReceive(new ReceiveRequest().receive(2).sge(region, end, 500));
        client.memory().asSlice(30_000, 500).fill((byte) 0x40);
        final SendRequest read = new SendRequest().read(5, address + 30_000, rkey).sge(region, end + 1000, 500);
        server.queuePair().postSend(new SendRequest().send(3).sge(region, end, 500).signalled(true));
        server.queuePair().postSend(
            new SendRequest().write(4, address + 21_000, rkey).sge(region, end, 500).signalled(true));
        server.queuePair().postSend(read.signalled(true));
        assertThat(Completions.await(server.sends(), 3)).allSatisfy(done -> assertThat(done).succeeded());
        assertThat(client.awaitReceive()).succeeded();
        client.send(6, 30_000, 500);
        assertThat(server.awaitReceive()).succeeded();
        assertThat(client.awaitSend()).succeeded();
        assertThat(client.bytes(20_000, 500)).containsOnly(0x39);
        assertThat(client.bytes(21_000, 500)).containsOnly(0x39);
        assertThat(region.segment().asSlice(end, 500).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0x40);
        assertThat(region.segment().asSlice(end + 1000, 500).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0x40);
        assertThat(region.segment().asSlice(end & 0xFFFF_FFFFL, 3000).toArray(ValueLayout.JAVA_BYTE))
            .as("where the lower 32 bits point").containsOnly(0);
    }
}
