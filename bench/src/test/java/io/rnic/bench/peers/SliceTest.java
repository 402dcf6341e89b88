package io.rnic.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Spin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SliceTest {
    private static final int OPERATIONS = 1000;
    private static final int ARRAY_BYTES = 100;

    private final Slice slice = new Slice();
    private byte[] garbage = new byte[0];

    private void allocate() {
        for (int i = 0; i < OPERATIONS; i++) {
            garbage = new byte[ARRAY_BYTES + (garbage.length & 1)];
        }
    }

    @Test
    void shouldTakeTheMedian() {
        slice.record(200, 2);
        slice.record(1800, 2);
        slice.record(1000, 2);
        assertThat(slice.medianNs()).isEqualTo(500);
        assertThat(slice.perSecond()).isEqualTo(2e6);
        assertThat(slice.operations()).isEqualTo(6);
        slice.clear();
        assertThat(slice.operations()).isZero();
    }

    @Test
    void shouldCountWhatBothThreadsAllocate() {
        try (Partner partner = new Partner("test-partner", 0)) {
            final Duet duet = new Duet(partner);
            final Spin spin = duet.spin();
            final Runnable theirs = () -> {
                allocate();
                int looks = 0;
                while (!spin.stopped(looks)) {
                    looks = spin.pause(looks, "the end");
                }
            };
            duet.run(theirs, (durationNs, into) -> into.record(1, OPERATIONS), 1, slice);
            // An array has a header, and what was never run before allocates a little once.
            assertThat(slice.allocatedPerOperation()).isBetween(100.0, 200.0);
            slice.clear();
            duet.run(theirs, (durationNs, into) -> {
                allocate();
                into.record(1, OPERATIONS);
            }, 1, slice);
            assertThat(slice.allocatedPerOperation()).isBetween(200.0, 400.0);
        }
    }

    @Test
    void shouldNotCountWhatIsPreparedOrMeasured() {
        try (Partner partner = new Partner("test-partner", 0)) {
            final Duet duet = new Duet(partner);
            final Spin spin = duet.spin();
            for (int i = 0; i < 3; i++) {
                slice.clear();
                duet.run(this::allocate, () -> {
                    int looks = 0;
                    while (!spin.stopped(looks)) {
                        looks = spin.pause(looks, "the end");
                    }
                }, (durationNs, into) -> into.record(1, OPERATIONS), 1, slice);
            }
            assertThat(slice.allocatedPerOperation()).isCloseTo(0, within(10.0));
        }
    }
}
