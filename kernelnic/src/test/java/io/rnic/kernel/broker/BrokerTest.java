package io.rnic.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.kernel.broker.KernelProcess.Pair;
import io.rnic.kernel.broker.KernelProcess.Region;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerTest {
    private static void assertRefused(final ThrowingCallable call, final RnicError error, final String text) {
        assertThatThrownBy(call).isInstanceOf(RnicException.class).hasMessageContaining(text)
            .extracting(e -> ((RnicException) e).error()).isEqualTo(error);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldRefuseAnUnknownCall(final int number) {
        final KernelProcess process = KernelProcess.open("unknown-call");
        assertRefused(() -> process.call(number), RnicError.INVALID_ARGUMENT, "unknown system call " + number);
        process.call(SystemCall.EXIT);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24, 25, 26})
    void shouldRefuseACallWithoutItsArguments(final int number) {
        final KernelProcess process = KernelProcess.open("no-arguments");
        assertRefused(() -> process.call(number), RnicError.INVALID_ARGUMENT, "malformed argument block");
        process.call(SystemCall.EXIT);
    }

    @Test
    void shouldRefuseAHandleOfAnotherKind() {
        final KernelProcess process = KernelProcess.open("kinds");
        final int domain = process.create(SystemCall.ALLOCATE_DOMAIN);
        final int queue = process.create(SystemCall.CREATE_COMPLETION_QUEUE, 4, 0);
        assertRefused(() -> process.call(SystemCall.POLL, domain, 1), RnicError.CLOSED,
            "stands for nothing of its kind");
        assertRefused(() -> process.call(
            SystemCall.CREATE_QUEUE_PAIR, queue, domain, queue, 1, 1, 1, 1, 0, 0, 0, 0, 16, 16),
            RnicError.CLOSED, "stands for nothing of its kind");
        assertRefused(() -> process.call(SystemCall.CREATE_COMPLETION_QUEUE, 4, domain), RnicError.CLOSED,
            "stands for nothing of its kind");
        process.call(SystemCall.CLOSE, queue);
        assertRefused(() -> process.call(SystemCall.CLOSE, queue), RnicError.CLOSED, "is closed");
        assertRefused(() -> process.call(SystemCall.EXIT), RnicError.BUSY, "protection domain");
        process.call(SystemCall.CLOSE, domain);
        process.call(SystemCall.EXIT);
        assertRefused(() -> process.call(SystemCall.EXIT), RnicError.CLOSED, "is closed");
        assertRefused(() -> process.call(SystemCall.ALLOCATE_DOMAIN), RnicError.CLOSED, "is closed");
    }

    @Test
    void shouldNotLetAProcessUseTheHandlesOfAnother() {
        final KernelProcess owner = KernelProcess.open("handles");
        final KernelProcess stranger = KernelProcess.open("handles");
        final int[] handles = new int[20];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = owner.create(SystemCall.CREATE_COMPLETION_QUEUE, 4, 0);
            final int handle = handles[i];
            assertRefused(() -> stranger.call(SystemCall.POLL, handle, 1), RnicError.CLOSED, "of this process");
            assertRefused(() -> stranger.call(SystemCall.CLOSE, handle), RnicError.CLOSED, "of this process");
        }
        stranger.call(SystemCall.EXIT);
        for (final int handle : handles) {
            assertThat(owner.call(SystemCall.POLL, handle, 1)).isZero();
            owner.call(SystemCall.CLOSE, handle);
        }
        owner.call(SystemCall.EXIT);
    }

    @Test
    void shouldNotLetAProcessReachTheMemoryOfAnother() {
        try (Arena arena = Arena.ofShared()) {
            final KernelProcess owner = KernelProcess.open("regions");
            final KernelProcess thief = KernelProcess.open("regions");
            final MemorySegment secret = arena.allocate(64).fill((byte) 7);
            final MemorySegment own = arena.allocate(64);
            final Region secretRegion = owner.register(owner.create(SystemCall.ALLOCATE_DOMAIN), secret);
            for (int attack = 0; attack < 5; attack++) {
                final int domain = thief.create(SystemCall.ALLOCATE_DOMAIN);
                final int queue = thief.create(SystemCall.CREATE_COMPLETION_QUEUE, 64, 0);
                final Region ownRegion = thief.register(domain, own);
                final Pair one = thief.createQueuePair(domain, queue);
                final Pair two = thief.createQueuePair(domain, queue);
                thief.connect(one, two);
                thief.post(two, receive(attack, ownRegion, secretRegion));
                thief.post(one, attack(attack, ownRegion, secretRegion));
                assertThat(thief.poll(queue)).as("attack %d", attack)
                    .contains("1 " + ATTACKS[attack]).noneMatch(completion -> completion.endsWith(" SUCCESS"));
            }
            assertThat(secret.toArray(ValueLayout.JAVA_BYTE)).containsOnly(7);
            assertThat(own.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        }
    }

    private static final String[] ATTACKS = {"SEND LOCAL_PROTECTION_ERROR", "RDMA_WRITE REMOTE_ACCESS_ERROR",
        "RDMA_READ REMOTE_ACCESS_ERROR", "RDMA_READ LOCAL_PROTECTION_ERROR", "SEND REMOTE_OPERATION_ERROR"};

    private static SendRequest attack(final int attack, final Region own, final Region secret) {
        final SendRequest request = new SendRequest();
        return switch (attack) {
            case 0 -> request.send(1).sge(secret.address(), 64, secret.key());
            case 1 -> request.write(1, secret.address(), secret.key()).sge(own.address(), 64, own.key());
            case 2 -> request.read(1, secret.address(), secret.key()).sge(own.address(), 64, own.key());
            case 3 -> request.read(1, own.address(), own.key()).sge(secret.address(), 64, secret.key());
            default -> request.send(1).sge(own.address(), 64, own.key());
        };
    }

    private static ReceiveRequest receive(final int attack, final Region own, final Region secret) {
        final Region target = attack == 4 ? secret : own;
        return new ReceiveRequest().receive(2).sge(target.address(), 64, target.key());
    }

    @Test
    void shouldLeaveNothingBehindWhenARegistrationIsRefused() {
        final KernelProcess process = KernelProcess.open("refused", "kernel.lockedMemoryPerProcess", "8K");
        final int domain = process.create(SystemCall.ALLOCATE_DOMAIN);
        assertRefused(() -> process.call(SystemCall.REGISTER_MEMORY, domain, 1), RnicError.INVALID_ARGUMENT,
            "no memory");
        assertRefused(() -> register(process, domain, 1 << 20, MemorySegment.NULL), RnicError.INVALID_ARGUMENT,
            "unknown access bits 0x100000");
        assertRefused(() -> register(process, domain, 1, MemorySegment.ofArray(new byte[8])),
            RnicError.INVALID_ARGUMENT,
            "Java heap");
        assertRefused(() -> register(process, domain, 1, MemorySegment.NULL), RnicError.INVALID_ARGUMENT, "empty");
        try (Arena arena = Arena.ofShared(); Arena confined = Arena.ofConfined()) {
            assertRefused(() -> register(process, domain, 1, confined.allocate(8)), RnicError.INVALID_ARGUMENT,
                "confined");
            assertRefused(() -> register(process, domain, 1, arena.allocate(1 << 20)), RnicError.POLICY,
                "kernel.lockedMemoryPerProcess");
            assertThat(process.kernel.counters()).containsEntry("process.lockedBytes", 0L)
                .containsEntry("device.pinnedBytes", 0L).containsEntry("device.memoryRegions", 0L)
                .containsEntry("device.onBoardBytes", 0L);
            final Region region = process.register(domain, arena.allocate(4_096, 4_096));
            assertThat(process.kernel.counters().get("process.lockedBytes")).isPositive();
            process.call(SystemCall.CLOSE, region.handle());
        }
        assertThat(process.kernel.counters()).containsEntry("process.lockedBytes", 0L)
            .containsEntry("device.onBoardBytes", 0L);
        process.call(SystemCall.CLOSE, domain);
        process.call(SystemCall.EXIT);
    }

    private static void register(
        final KernelProcess process, final int domain, final int access, final MemorySegment memory) {
        process.block().putInt(domain).putInt(access);
        process.call(SystemCall.REGISTER_MEMORY, memory);
    }

    @Test
    void shouldApplyTheConnectionRulesToListenersAndConnections() {
        final KernelProcess process = KernelProcess.open("rules",
            "kernel.connectionRules", "allow listen 5000-5001; deny connect 5001; allow connect *", "process", "p");
        final int domain = process.create(SystemCall.ALLOCATE_DOMAIN);
        final int queue = process.create(SystemCall.CREATE_COMPLETION_QUEUE, 4, 0);
        final Pair pair = process.createQueuePair(domain, queue);
        process.listen(5_000);
        process.listen(5_001);
        assertRefused(() -> process.listen(5_002), RnicError.POLICY,
            "process p listen on port 5002: no rule allows it");
        assertRefused(() -> process.connect(pair, 5_001), RnicError.POLICY, "rule 'deny connect 5001'");
        assertRefused(() -> process.connect(pair, 5_003), RnicError.CONNECTION_REFUSED, "nobody listens");
        assertThat(process.connect(pair, 5_000)).isPositive();
    }

    @Test
    void shouldRefuseOtherPoliciesThanTheKernelRunsWith() {
        final KernelProcess first = KernelProcess.open("policies", "kernel.lockedMemoryTotal", "1M");
        final RnicOptions same = RnicOptions.defaults().with("device", "policies");
        assertRefused(() -> Broker.open(same.with("kernel.lockedMemoryTotal", "2M")), RnicError.INVALID_ARGUMENT,
            "runs with kernel.lockedMemoryTotal=1M, not 2M");
        assertRefused(() -> Broker.open(same.with("kernel.connectionRules", "deny any *")), RnicError.INVALID_ARGUMENT,
            "runs with kernel.connectionRules=its default, not deny any *");
        assertRefused(() -> Broker.open(same.with("lockedMemory", "5")), RnicError.INVALID_ARGUMENT, "lockedMemory");
        assertRefused(() -> Broker.open(same.with("colour", "red")), RnicError.INVALID_ARGUMENT,
            "unknown setting 'colour'");
        final KernelProcess second = new KernelProcess(Broker.open(same));
        first.call(SystemCall.EXIT);
        second.call(SystemCall.EXIT);
        KernelProcess.open("policies", "kernel.lockedMemoryTotal", "2M").call(SystemCall.EXIT);
    }
}
