package io.rnic.emu.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one connection leaves in Staging when something goes wrong never leaves by the next one that takes it. */
class StagingTest {
    /** Some of them stand on the shelf again afterwards. */
    private static final int MANY = 4;

    @Test
    void shouldBeEmptyWhenItIsTakenAgain() {
        final MemorySegment memory = Arena.ofAuto().allocate(Long.BYTES);
        final List<Staging> taken = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            taken.add(Staging.take());
        }
        for (final Staging staging : taken) {
            staging.used = Long.BYTES;
            staging.pieces.add(memory, 0, Long.BYTES);
            staging.giveBack();
        }
        final Staging again = Staging.take();
        assertThat(taken).contains(again);
        assertThat(again.used).isZero();
        assertThat(again.pieces.count()).isZero();
        again.giveBack();
    }
}
