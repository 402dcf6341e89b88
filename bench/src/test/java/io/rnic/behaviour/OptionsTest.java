package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.bench.example.LoopbackExample;
import io.rnic.verbs.DeviceAttributes;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@ThroughEveryDoor
class OptionsTest {
    @Parameter
    Door door;

    @Test
    void shouldRunTheExample() throws InterruptedException {
        assertThat(LoopbackExample.run(door.frontEnd(), "as the README shows it")).isEqualTo("as the README shows it");
    }

    @Test
    void shouldSayHowItIsSet() {
        try (Rnic rnic = door.open()) {
            final DeviceAttributes attributes = rnic.attributes();
            assertThat(rnic.frontEnd()).isEqualTo(door.frontEnd());
            assertThat(attributes.threading()).isEqualTo(door.threading());
            assertThat(attributes.link()).isEqualTo("loopback");
            assertThat(attributes.pinning()).isEqualTo("accounted");
            assertThat(attributes.pageBytes()).isPositive();
        }
    }

    private void expectRefused(final RnicOptions options, final String... words) {
        assertThatThrownBy(() -> Rnic.open(options)).isInstanceOfSatisfying(RnicException.class,
            e -> assertThat(e.error()).isEqualTo(RnicError.INVALID_ARGUMENT)).hasMessageContainingAll(words);
    }

    @Test
    void shouldNameWhatIsAllowedForEveryBadSetting() {
        assertThat(Rnic.frontEnds()).containsExactly("kernel", "user");
        assertThatThrownBy(() -> Rnic.open("quantum")).hasMessageContainingAll("quantum", "kernel", "user");
        expectRefused(door.options().with("treading", "invoker"), "treading", "threading");
        expectRefused(door.options().with("threading", "both"), "both", "invoker, dedicated");
        expectRefused(door.options().with("pinning", "LOCKED"), "LOCKED", "locked, accounted, preferred");
        expectRefused(door.options().with("lockedMemory", "-1"), "-1", "K, M or G");
        expectRefused(door.options().with("crossing", "spin:x"), "spin:x", "null-syscall");
        expectRefused(door.options().with("maxQueuePairs", "0"), "maxQueuePairs=0", "1 to");
        expectRefused(door.options().with("maxMemoryRegions", "99999999999"), "99999999999", "1 to");
        expectRefused(door.options().with("onBoardMemory", "much"), "much", "number of bytes");
    }

    @Test
    void shouldShareADeviceOnlyUnderTheSameSettings() {
        final RnicOptions options = door.options();
        try (Rnic rnic = Rnic.open(options)) {
            expectRefused(options.with("maxQueuePairs", "7"), "maxQueuePairs=65536", "7");
            try (Rnic same = Rnic.open(options)) {
                assertThat(same.attributes()).isEqualTo(rnic.attributes());
            }
        }
        try (Rnic changed = Rnic.open(options.with("maxQueuePairs", "7"))) {
            assertThat(changed.attributes().maxQueuePairs()).isEqualTo(7);
        }
    }

    @Test
    void shouldTakeEveryKindOfCrossing() {
        for (final String crossing : new String[] {"none", "null-syscall", "spin:100"}) {
            try (Rnic rnic = Rnic.open(door.options().with("crossing", crossing))) {
                assertThat(rnic.attributes().crossing()).isEqualTo(crossing);
                rnic.allocateProtectionDomain().close();
            }
        }
    }
}
