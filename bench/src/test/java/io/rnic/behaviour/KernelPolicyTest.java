package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * The kernel's global policies (paper, §I): through the kernel they hold; the same application that comes in by the
 * user-level door meets none of them, for there nobody is in the way to enforce them.
 */
class KernelPolicyTest {
    private static final int PAGE = 4096;

    private static boolean isKernel(final RnicOptions options) {
        return "kernel".equals(options.explicit().get(RnicOptions.FRONT_END));
    }

    private static void expectPolicy(final RnicOptions options, final String setting, final ThrowingCallable call) {
        if (isKernel(options)) {
            expectRefused(RnicError.POLICY, call).hasMessageContaining(setting);
        } else {
            assertThatCode(call).doesNotThrowAnyException();
        }
    }

    private static MemorySegment pages(final int count) {
        return Arena.ofAuto().allocate((long) count * PAGE, PAGE);
    }

    @EveryDoor
    void shouldHoldEachProcessToItsQuotaOfLockedMemory(final RnicOptions given) {
        final RnicOptions options = given.with("kernel.lockedMemoryPerProcess", "16K");
        try (Rnic first = Rnic.open(options.with("process", "first"));
            Rnic second = Rnic.open(options.with("process", "second"));
            ProtectionDomain firstDomain = first.allocateProtectionDomain();
            ProtectionDomain secondDomain = second.allocateProtectionDomain();
            MemoryRegion three = firstDomain.registerMemory(pages(3))) {
            expectPolicy(options, "kernel.lockedMemoryPerProcess", () -> firstDomain.registerMemory(pages(2)).close());
            secondDomain.registerMemory(pages(4)).close();
            firstDomain.registerMemory(pages(1)).close();
            assertThat(three.length()).isEqualTo(3 * PAGE);
        }
    }

    @EveryDoor
    void shouldHoldAllProcessesTogetherToTheTotalQuota(final RnicOptions given) {
        final RnicOptions options = given.with("kernel.lockedMemoryTotal", "16K");
        try (Rnic first = Rnic.open(options);
            Rnic second = Rnic.open(options);
            ProtectionDomain firstDomain = first.allocateProtectionDomain();
            ProtectionDomain secondDomain = second.allocateProtectionDomain()) {
            final MemoryRegion three = firstDomain.registerMemory(pages(3));
            expectPolicy(options, "kernel.lockedMemoryTotal", () -> secondDomain.registerMemory(pages(2)).close());
            three.close();
            secondDomain.registerMemory(pages(2)).close();
        }
    }

    @EveryDoor
    void shouldChargeNothingForARegistrationThatFails(final RnicOptions options) {
        try (Rnic rnic = Rnic.open(options.with("kernel.lockedMemoryPerProcess", "4K"));
            ProtectionDomain domain = rnic.allocateProtectionDomain()) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> domain.registerMemory(pages(1).asReadOnly(), Access.LOCAL_WRITE))
                    .hasMessageContaining("read-only");
            }
            domain.registerMemory(pages(1)).close();
        }
    }

    @EveryDoor
    void shouldLetTheFirstMatchingRuleDecideWhoListensWhere(final RnicOptions given) {
        final RnicOptions options =
            given.with("kernel.connectionRules", "deny listen 7100-7199; allow any 7000-7999");
        try (Rnic rnic = Rnic.open(options)) {
            rnic.listen(port(7000)).close();
            expectPolicy(options, "deny listen 7100-7199", () -> rnic.listen(port(7150)).close());
            expectPolicy(options, "no rule allows it", () -> rnic.listen(port(8000)).close());
        }
    }

    private static InetSocketAddress port(final int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @EveryDoor
    void shouldAccountForOperationsAndBytesOfEachProcess(final RnicOptions options) throws InterruptedException {
        try (ConnectedPair pair = ConnectedPair.open(options)) {
            for (int i = 0; i < 3; i++) {
                pair.client().write(i, 0, 100, pair.server().region().address(), pair.server().region().rkey());
            }
            Completions.await(pair.client().sends(), 3);
            assertThat(pair.client().rnic().counters()).containsEntry("device.writes", 3L)
                .containsEntry("device.writeBytes", 300L);
            if (isKernel(options)) {
                assertThat(pair.client().rnic().counters()).containsEntry("process.writes", 3L)
                    .containsEntry("process.writeBytes", 300L)
                    .containsEntry("process.lockedBytes", (long) Side.REGION_BYTES + pageRounding(pair.client()));
                assertThat(pair.server().rnic().counters()).containsEntry("process.writes", 0L);
                assertThat(pair.client().rnic().counters().get("process.systemCalls")).isGreaterThan(6);
            }
        }
    }

    private static long pageRounding(final Side side) {
        return side.region().address() % PAGE == 0 ? 0 : PAGE;
    }

    @EveryDoor
    void shouldNameTheRuleThatIsWrong(final RnicOptions options) {
        if (isKernel(options)) {
            assertThatThrownBy(() ->
                Rnic.open(options.with("kernel.connectionRules", "allow any *; permit any 7")))
                .hasMessageContainingAll("permit any 7", "allow|deny");
            assertThatThrownBy(() -> Rnic.open(options.with("kernel.lockedMemoryTotal", "lots")))
                .hasMessageContainingAll("lots", "unlimited");
        }
    }
}
