package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** What a key, a domain, an access flag or a bound forbids ends in an error on both sides, and touches no byte. */
@ThroughEveryDoor
class ProtectionTest {
    @Parameter
    Door door;

    private Pair pair;
    private Side client;
    private Side server;

    @BeforeEach
    void connect() throws InterruptedException {
        pair = new Pair(door);
        client = pair.client;
        server = pair.server;
        client.memory().fill((byte) 0x5a);
        server.memory().fill((byte) 0x77);
    }

    @AfterEach
    void close() {
        pair.close();
    }

    /** Terminate as layer, error type, error code (RFC 5040 §4.8); 0 for an error that never left the client. */
    private void expectFailure(final CompletionStatus status, final int terminate) {
        final Done done = Done.awaitOne(client.sends);
        assertThat(done.status()).isEqualTo(status);
        assertThat(done.vendorError()).isEqualTo(terminate == 0 ? 0 : 0x10000 | terminate);
        assertThat(client.queuePair.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(server.queuePair.state()).isEqualTo(QueuePairState.ERROR);
        assertThat(server.bytes(0, Side.REGION_BYTES)).containsOnly(0x77);
        assertThat(client.bytes(0, Side.REGION_BYTES)).containsOnly(0x5a);
    }

    @Test
    void shouldRefuseALocalKeyThatNobodyHas() {
        client.queuePair.postSend(new SendRequest().write(1, server.region.address(), server.region.rkey())
            .sge(client.region.address(), 8, client.region.lkey() ^ 1));
        expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
    }

    @Test
    void shouldRefuseThePrivilegedKey() {
        client.queuePair.postSend(new SendRequest().write(1, server.region.address(), server.region.rkey())
            .sge(client.region.address(), 8, 0));
        expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
    }

    @Test
    void shouldRefuseALocalKeyOfAnotherDomain() {
        try (ProtectionDomain other = client.rnic.allocateProtectionDomain();
            Arena arena = Arena.ofShared();
            MemoryRegion region = other.registerMemory(arena.allocate(8), Access.LOCAL_WRITE)) {
            client.queuePair.postSend(
                new SendRequest().write(1, server.region.address(), server.region.rkey()).sge(region, 0, 8));
            expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
        }
    }

    @Test
    void shouldRefuseAKeyOfAnotherProcess() {
        client.queuePair.postSend(
            new SendRequest().write(1, server.region.address(), server.region.rkey()).sge(server.region, 0, 8));
        expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
    }

    @Test
    void shouldRefuseLocalBytesOutsideTheRegion() {
        client.write(1, Side.REGION_BYTES - 7, 8, server.region.address(), server.region.rkey());
        expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
    }

    @Test
    void shouldSendNothingOfAGatherWithOneBadPiece() {
        client.queuePair.postSend(new SendRequest().write(1, server.region.address(), server.region.rkey())
            .sge(client.region, 0, 8).sge(client.region, -1, 8));
        expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
    }

    @Test
    void shouldRefuseAReadSinkThatIsNotWritable() {
        try (MemoryRegion sink = client.register(8)) {
            client.queuePair.postSend(
                new SendRequest().read(1, server.region.address(), server.region.rkey()).sge(sink, 0, 8));
            expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
            assertThat(sink.segment().get(ValueLayout.JAVA_LONG, 0)).isZero();
        }
    }

    @Test
    void shouldRefuseAWriteToAnUnknownKey() {
        client.write(1, 0, 8, server.region.address(), server.region.rkey() ^ 0x80);
        expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x1100);
    }

    @Test
    void shouldRefuseAReadOfAnUnknownKey() {
        client.read(1, 0, 8, server.region.address(), server.region.rkey() ^ 0x80);
        expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x0100);
    }

    @Test
    void shouldRefuseAWriteWithoutRemoteWrite() {
        try (MemoryRegion region = server.register(64, Access.LOCAL_WRITE, Access.REMOTE_READ)) {
            client.write(1, 0, 8, region.address(), region.rkey());
            expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x0102);
        }
    }

    @Test
    void shouldRefuseRemoteAccessToARegionForLocalUseAlone() {
        try (MemoryRegion region = server.register(64, Access.LOCAL_WRITE)) {
            client.write(1, 0, 8, region.address(), region.rkey());
            expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x0102);
        }
    }

    @Test
    void shouldRefuseAReadWithoutRemoteRead() {
        try (MemoryRegion region = server.register(64, Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            client.read(1, 0, 8, region.address(), region.rkey());
            expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x0102);
        }
    }

    @Test
    void shouldRefuseAWriteBeyondTheLastByte() {
        client.write(1, 0, 8, server.region.address() + Side.REGION_BYTES - 7, server.region.rkey());
        expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x1101);
    }

    @Test
    void shouldRefuseAReadBeforeTheFirstByte() {
        client.read(1, 0, 8, server.region.address() - 1, server.region.rkey());
        expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x0101);
    }

    @Test
    void shouldRefuseAnAddressThatWraps() {
        client.write(1, 0, 8, -4, server.region.rkey());
        expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x1103);
    }

    @Test
    void shouldRefuseARemoteKeyOfAnotherDomain() {
        try (ProtectionDomain other = server.rnic.allocateProtectionDomain();
            Arena arena = Arena.ofShared();
            MemoryRegion region = other.registerMemory(
                arena.allocate(8), Access.LOCAL_WRITE, Access.REMOTE_WRITE, Access.REMOTE_READ)) {
            client.write(1, 0, 8, region.address(), region.rkey());
            expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x1102);
        }
    }

    @Test
    void shouldRefuseADeregisteredKey() {
        final MemoryRegion region = server.register(8, Access.LOCAL_WRITE, Access.REMOTE_WRITE);
        client.write(1, 0, 8, region.address(), region.rkey());
        assertThat(Done.awaitOne(client.sends).status()).isEqualTo(CompletionStatus.SUCCESS);
        region.close();
        region.segment().fill((byte) 3);

        client.write(2, 0, 8, region.address(), region.rkey());

        expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x1100);
        assertThat(region.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 3);
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // it is closed under the registration
    void shouldEndInAnErrorWhereTheTargetsArenaWasClosedUnderItsRegistration() {
        final Arena arena = Arena.ofShared();
        try (MemoryRegion region =
            server.domain.registerMemory(arena.allocate(8), Access.LOCAL_WRITE, Access.REMOTE_WRITE)) {
            arena.close();
            client.write(1, 0, 8, region.address(), region.rkey());
            expectFailure(CompletionStatus.REMOTE_ACCESS_ERROR, 0x1100);
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // it is closed under the registration
    void shouldEndInAnErrorWhereTheSourcesArenaWasClosedUnderItsRegistration() {
        final Arena arena = Arena.ofShared();
        try (MemoryRegion region = client.domain.registerMemory(arena.allocate(8))) {
            arena.close();
            client.queuePair.postSend(
                new SendRequest().write(1, server.region.address(), server.region.rkey()).sge(region, 0, 8));
            expectFailure(CompletionStatus.LOCAL_PROTECTION_ERROR, 0);
        }
    }

    @Test
    void shouldRefuseASendWithoutAReceive() {
        client.send(1, 0, 8);
        expectFailure(CompletionStatus.REMOTE_INVALID_REQUEST_ERROR, 0x1202);
    }

    @Test
    void shouldRefuseASendLongerThanTheReceiveAndTouchNothingBehindIt() {
        server.receive(5, 100, 10);

        client.send(1, 0, 11);

        final Done received = Done.awaitOne(server.receives);
        assertThat(received.wrId()).isEqualTo(5);
        assertThat(received.status()).isEqualTo(CompletionStatus.LOCAL_LENGTH_ERROR);
        server.memory().asSlice(100, 10).fill((byte) 0x77);
        expectFailure(CompletionStatus.REMOTE_INVALID_REQUEST_ERROR, 0x1205);
    }

    @Test
    void shouldFailAReceiveIntoMemoryThatIsNotWritable() {
        try (MemoryRegion region = server.register(8)) {
            server.queuePair.postReceive(new ReceiveRequest().receive(9).sge(region, 0, 8));
            client.send(1, 0, 8);
            final Done received = Done.awaitOne(server.receives);
            assertThat(received.status()).isEqualTo(CompletionStatus.LOCAL_PROTECTION_ERROR);
            assertThat(received.wrId()).isEqualTo(9);
            expectFailure(CompletionStatus.REMOTE_OPERATION_ERROR, 0x1000);
            assertThat(region.segment().get(ValueLayout.JAVA_LONG, 0)).isZero();
        }
    }

    @Test
    void shouldFailAReceiveWhoseRegionWasDeregisteredAfterItWasPosted() {
        final MemoryRegion region = server.register(8, Access.LOCAL_WRITE);
        server.queuePair.postReceive(new ReceiveRequest().receive(9).sge(region, 0, 8));
        region.close();

        client.send(1, 0, 8);

        assertThat(Done.awaitOne(server.receives).status()).isEqualTo(CompletionStatus.LOCAL_PROTECTION_ERROR);
        expectFailure(CompletionStatus.REMOTE_OPERATION_ERROR, 0x1000);
        assertThat(region.segment().get(ValueLayout.JAVA_LONG, 0)).isZero();
    }
}
