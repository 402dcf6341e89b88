package io.rnic.emu.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueueShapeTest {
    private static QueueLimits limits(final int sends, final boolean signalAll) {
        return new QueueLimits(sends, 5, 2, 3, 40, 1_000, signalAll);
    }

    @Test
    void shouldBeOneForQueuePairsThatAreAlike() {
        final QueueShape client = QueueShape.of(limits(3, true));
        final QueueShape server = QueueShape.of(limits(3, true).withoutReceives());
        assertThat(QueueShape.of(limits(3, true))).isSameAs(client).isNotEqualTo(server);
        assertThat(QueueShape.of(limits(3, true).withoutReceives())).isSameAs(server);
    }

    @Test
    void shouldBeThatOfTheLimitsAfterOthers() {
        QueueShape.of(limits(3, true));
        final QueueShape other = QueueShape.of(limits(9, false));
        assertThat(other.sendMask()).isEqualTo(15);
        assertThat(other.sendStride()).isEqualTo(128);
        assertThat(other.receiveMask()).isEqualTo(7);
        assertThat(other.receiveStride()).isEqualTo(64);
        assertThat(other.signalAll()).isZero();

        final QueueShape again = QueueShape.of(limits(3, true));
        assertThat(again.sendMask()).isEqualTo(3);
        assertThat(again.signalAll()).isEqualTo(SendSlotLayout.SIGNALLED);
    }
}
