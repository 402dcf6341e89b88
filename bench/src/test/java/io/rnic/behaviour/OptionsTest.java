package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.bench.example.LoopbackExample;
import io.rnic.verbs.DeviceAttributes;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;

class OptionsTest {
    @EveryDoor
    void shouldRunTheExample(final Rnic rnic) throws InterruptedException {
        assertThat(LoopbackExample.run(rnic.frontEnd(), "as the README shows it")).isEqualTo("as the README shows it");
    }

    @EveryDoor
    void shouldSayHowItIsSet(final RnicOptions options) {
        try (Rnic rnic = Rnic.open(options)) {
            final DeviceAttributes attributes = rnic.attributes();
            assertThat(rnic.frontEnd()).isEqualTo(options.explicit().get(RnicOptions.FRONT_END));
            assertThat(attributes.threading()).isEqualTo(options.explicit().get("threading"));
            assertThat(attributes.link()).isEqualTo(options.explicit().get("link"));
            assertThat(attributes.pinning()).isEqualTo("accounted");
            assertThat(attributes.pageBytes()).isPositive();
        }
    }

    private void expectNotOpened(final RnicOptions options, final String... words) {
        expectRefused(RnicError.INVALID_ARGUMENT, () -> Rnic.open(options)).hasMessageContainingAll(words);
    }

    @EveryDoor
    void shouldNameWhatIsAllowedForEveryBadSetting(final RnicOptions options) {
        assertThat(Rnic.frontEnds()).containsExactly("kernel", "user");
        assertThatThrownBy(() -> Rnic.open("quantum")).hasMessageContainingAll("quantum", "kernel", "user");
        expectNotOpened(options.with("treading", "invoker"), "treading", "threading");
        expectNotOpened(options.with("threading", "both"), "both", "invoker, dedicated");
        expectNotOpened(options.with("pinning", "LOCKED"), "LOCKED", "locked, accounted, preferred");
        expectNotOpened(options.with("lockedMemory", "-1"), "-1", "K, M or G");
        expectNotOpened(options.with("crossing", "spin:x"), "spin:x", "null-syscall");
        expectNotOpened(options.with("maxQueuePairs", "0"), "maxQueuePairs=0", "1 to");
        expectNotOpened(options.with("maxMemoryRegions", "99999999999"), "99999999999", "1 to");
        expectNotOpened(options.with("onBoardMemory", "much"), "much", "number of bytes");
    }

    @EveryDoor
    void shouldShareADeviceOnlyUnderTheSameSettings(final RnicOptions options) {
        try (Rnic rnic = Rnic.open(options)) {
            expectNotOpened(options.with("maxQueuePairs", "7"), "maxQueuePairs=65536", "7");
            try (Rnic same = Rnic.open(options)) {
                assertThat(same.attributes()).isEqualTo(rnic.attributes());
            }
        }
        try (Rnic changed = Rnic.open(options.with("maxQueuePairs", "7"))) {
            assertThat(changed.attributes().maxQueuePairs()).isEqualTo(7);
        }
    }

    @EveryDoor
    void shouldTakeEveryKindOfCrossing(final RnicOptions options) {
        for (final String crossing : new String[] {"none", "null-syscall", "spin:100"}) {
            try (Rnic rnic = Rnic.open(options.with("crossing", crossing))) {
                assertThat(rnic.attributes().crossing()).isEqualTo(crossing);
                rnic.allocateProtectionDomain().close();
            }
        }
    }
}
