package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostQueuePairsTest {
    private static final int INDEX_BITS = 12;

    private final HostQueuePairs table = new HostQueuePairs((1 << INDEX_BITS) - 1);

    @Test
    void shouldFindEachByItsNumberWhileItGrows() {
        final HostQueuePair[] added = new HostQueuePair[300];
        for (int i = 1; i < added.length; i++) {
            added[i] = QueueFixture.queuePair(i, 1);
            table.add(added[i]);
            assertThat(table.get(i)).isSameAs(added[i]);
        }
        final HostQueuePair far = QueueFixture.queuePair((5 << INDEX_BITS) + 4_095, 1);
        table.add(far);
        assertThat(table.get(far.number())).isSameAs(far);
        for (int i = 1; i < added.length; i++) {
            assertThat(table.get(i)).isSameAs(added[i]);
        }
    }

    @Test
    void shouldNotTakeAnOldNumberForANewerOneAtTheSameIndex() {
        final HostQueuePair newer = QueueFixture.queuePair((1 << INDEX_BITS) + 3, 1);
        table.add(newer);
        assertThat(table.get(3)).isNull();
        assertThat(table.get((2 << INDEX_BITS) + 3)).isNull();
        assertThat(table.get(newer.number())).isSameAs(newer);
    }

    @Test
    void shouldKnowNothingOfWhatWasRemovedOrNeverAdded() {
        final HostQueuePair queuePair = QueueFixture.queuePair(3, 1);
        table.add(queuePair);
        table.remove(queuePair);
        assertThat(table.get(3)).isNull();
        assertThat(table.get(0)).isNull();
        assertThat(table.get(4_095)).isNull();
        assertThat(table.get(-1)).isNull();
    }
}
