package io.rnic.kernel.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LockedMemoryQuotaTest {
    private final ProcessAccount one = new ProcessAccount("one");
    private final ProcessAccount two = new ProcessAccount("two");

    private static void assertRefused(final ThrowingCallable call, final String text) {
        assertThatThrownBy(call).isInstanceOf(RnicException.class).hasMessage(text)
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.POLICY);
    }

    @Test
    void shouldHoldEachProcessToItsQuota() {
        final LockedMemoryQuota quota = new LockedMemoryQuota(100, Long.MAX_VALUE);
        quota.charge(one, 60);
        assertRefused(() -> quota.charge(one, 41),
            "the kernel's policy does not let process one pin 41 bytes: the process"
            + " may pin 100 and has pinned 60 (kernel.lockedMemoryPerProcess); deregister memory or raise the quota");
        assertThat(one.lockedBytes()).isEqualTo(60);
        quota.charge(two, 100);
        quota.charge(one, 40);
        quota.release(one, 60);
        quota.charge(one, 60);
        assertThat(one.lockedBytes()).isEqualTo(100);
    }

    @Test
    void shouldHoldAllTogetherToTheTotal() {
        final LockedMemoryQuota quota = new LockedMemoryQuota(100, 150);
        quota.charge(one, 100);
        quota.charge(two, 50);
        assertRefused(() -> quota.charge(two, 1),
            "the kernel's policy does not let process two pin 1 bytes: all processes"
            + " together may pin 150 and has pinned 150 (kernel.lockedMemoryTotal);"
            + " deregister memory or raise the quota");
        assertThat(two.lockedBytes()).isEqualTo(50);
        quota.release(one, 100);
        assertThat(one.lockedBytes()).isZero();
        quota.charge(two, 50);
    }

    @Test
    void shouldNotOverflowWithoutALimit() {
        final LockedMemoryQuota quota = new LockedMemoryQuota(Long.MAX_VALUE, Long.MAX_VALUE);
        quota.charge(one, Long.MAX_VALUE - 1);
        assertThatThrownBy(() -> quota.charge(one, 2)).isInstanceOf(RnicException.class);
        assertThatThrownBy(() -> quota.charge(two, 2)).isInstanceOf(RnicException.class);
        quota.charge(two, 1);
    }

    @Test
    void shouldCountSystemCalls() {
        one.countSystemCall();
        one.countSystemCall();
        assertThat(one.systemCalls()).isEqualTo(2);
        assertThat(one.name()).isEqualTo("one");
    }
}
