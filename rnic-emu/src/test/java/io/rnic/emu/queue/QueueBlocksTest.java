package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory of a queue pair is all there, or none of it. */
class QueueBlocksTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldGiveBackWhatItHadWhenThereIsNoMore(final int had) {
        final SharedMemory memory = new SharedMemory();
        final List<SharedMemory.Block> allocated = new ArrayList<>();
        assertThatThrownBy(() -> QueueBlocks.allocate(bytes -> {
            if (allocated.size() == had) {
                throw new RnicException(RnicError.DEVICE_LIMIT, "no more");
            }
            allocated.add(memory.allocate(bytes));
            return allocated.getLast();
        }, memory::release, new QueueLimits(4, 4, 1, 1, 0, 1 << 20, true))).hasMessage("no more");
        assertThat(allocated).hasSize(had);
        assertThat(memory.bytesInUse()).isZero();
    }
}
