package io.rnic.conformance;

import static io.rnic.testing.RnicAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.behaviour.EveryDoor;
import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionStatus;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;

/** Memory protection on one's own side: 22, 23, 31 to 33, 35, 36, 38, 40. */
class MemoryProtectionTest {
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

    private void expectRefused(final String why, final MemorySegment segment, final Access... access) {
        final Map<String, Long> before = held();
        assertThatThrownBy(() -> client.domain().registerMemory(segment, access))
            .isInstanceOfSatisfying(RnicException.class,
                e -> assertThat(e.error()).isEqualTo(RnicError.INVALID_ARGUMENT)).hasMessageContaining(why);
        assertThat(held()).as("nothing is left of it").isEqualTo(before);
    }

    private Map<String, Long> held() {
        final Map<String, Long> counters = client.rnic().counters();
        counters.keySet().retainAll(Set.of("device.memoryRegions", "device.pinnedBytes", "process.lockedBytes"));
        return counters;
    }

    @EveryDoor
    void c22_remoteWriteWithoutLocalWriteIsRefused() {
        expectRefused("LOCAL_WRITE", Arena.ofAuto().allocate(8), Access.REMOTE_WRITE);
        expectRefused("LOCAL_WRITE", Arena.ofAuto().allocate(8), Access.REMOTE_READ, Access.REMOTE_WRITE);
    }

    @EveryDoor
    void c23_localReadIsAlwaysAllowed() {
        try (MemoryRegion noAccess = client.register(8)) {
            noAccess.segment().set(ValueLayout.JAVA_LONG, 0, 0x0102_0304_0506_0708L);
            server.receive(1, 0, 8);
            client.queuePair().postSend(new SendRequest().send(2).sge(noAccess, 0, 8).signalled(true));
            client.queuePair().postSend(new SendRequest().write(3, server.region().address() + 8,
                server.region().rkey()).sge(noAccess, 0, 8).signalled(true));
            assertThat(Completions.await(client.sends(), 2)).extracting(CompletedRequest::status)
                .containsOnly(CompletionStatus.SUCCESS);
            assertThat(server.awaitReceive()).hasByteLength(8);
        }
        assertThat(server.memory().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(0x0102_0304_0506_0708L);
        assertThat(server.memory().get(ValueLayout.JAVA_LONG, 8)).isEqualTo(0x0102_0304_0506_0708L);
    }

    @EveryDoor
    void c31_aReadSinkWithoutLocalWriteIsALocalProtectionError() {
        try (MemoryRegion sink = client.register(8)) {
            client.queuePair().postSend(
                new SendRequest().read(1, server.region().address(), server.region().rkey()).sge(sink, 0, 8));
            Refusal.byTheClient(pair, CompletionStatus.LOCAL_PROTECTION_ERROR);
            assertThat(sink.segment().get(ValueLayout.JAVA_LONG, 0)).isZero();
        }
        assertThat(client.rnic().counters()).containsEntry("device.reads", 0L);
    }

    @EveryDoor
    void c36_aDomainInUseIsNotDeallocated(final Rnic rnic) {
        final ProtectionDomain domain = rnic.allocateProtectionDomain();
        final MemoryRegion region = domain.registerMemory(Arena.ofAuto().allocate(8));
        Refusal.ofCall(RnicError.BUSY, domain::close);
        region.close();
        try (Side side = Side.of(rnic)) {
            Refusal.ofCall(RnicError.BUSY, side.domain()::close);
            final QueuePair queuePair = domain.createQueuePair(QueuePairOptions.of(side.sends()));
            assertThatThrownBy(domain::close).hasMessageContaining("queue pair " + queuePair.number());
            queuePair.close();
        }
        domain.close();
    }

    @EveryDoor
    void c38_heapAndReadOnlyMemoryForWritingAreRefusedWithTheReason() {
        expectRefused("heap", MemorySegment.ofArray(new byte[8]));
        final MemorySegment readOnly = Arena.ofAuto().allocate(8).asReadOnly();
        expectRefused("read-only", readOnly, Access.LOCAL_WRITE);
        try (MemoryRegion forReading = client.domain().registerMemory(readOnly, Access.REMOTE_READ)) {
            assertThat(forReading.length()).isEqualTo(8);
        }
    }

    @EveryDoor
    void c40_anLkeyOfAnotherDomainIsALocalProtectionError() {
        try (ProtectionDomain other = client.rnic().allocateProtectionDomain();
            MemoryRegion region = other.registerMemory(Arena.ofAuto().allocate(8), Access.LOCAL_WRITE)) {
            client.queuePair().postSend(
                new SendRequest().write(1, server.region().address(), server.region().rkey()).sge(region, 0, 8));
            Refusal.byTheClient(pair, CompletionStatus.LOCAL_PROTECTION_ERROR);
        }
    }
}
