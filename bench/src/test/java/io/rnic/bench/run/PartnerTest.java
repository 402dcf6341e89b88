package io.rnic.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PartnerTest {
    @Test
    void shouldDoOnePieceOfWorkAfterTheOther() {
        final AtomicInteger done = new AtomicInteger();
        try (Partner partner = new Partner("partner", 0)) {
            for (int i = 0; i < 100; i++) {
                partner.beside(() -> {
                    partner.ready();
                    final Waiting waiting = partner.waiting();
                    waiting.begin();
                    while (!partner.stopping()) {
                        waiting.pause("the end");
                    }
                    done.incrementAndGet();
                }, done::incrementAndGet);
            }
        }
        assertThat(done).hasValue(200);
    }

    @Test
    void shouldSurfaceAFailureOfThePartnerWhereverItIsWaitedFor() {
        try (Partner partner = new Partner("partner", 0)) {
            partner.start(() -> {
                throw new IllegalStateException("broken");
            });
            assertThatThrownBy(partner::awaitReady).isInstanceOf(ExperimentException.class)
                .hasMessageContaining("broken");
            assertThatThrownBy(partner::finish).hasMessageContaining("broken");
            assertThatThrownBy(() -> partner.start(() -> { })).hasMessageContaining("broken");
        }
    }

    @Test
    void shouldSayWhatWentWrongOnBothSides() {
        try (Partner partner = new Partner("partner", 0)) {
            assertThatThrownBy(() -> partner.beside(() -> {
                partner.ready();
                throw new IllegalStateException("theirs");
            }, () -> {
                throw new IllegalStateException("ours");
            })).hasMessageContaining("ours").hasMessageContaining("theirs");
        }
    }

    @Test
    void shouldCloseInReverseOrderWhateverFails() {
        final StringBuilder closed = new StringBuilder();
        final Resources resources = new Resources();
        resources.add(() -> closed.append('a'));
        resources.add(() -> {
            throw new IllegalStateException("stuck");
        });
        resources.add(() -> closed.append('c'));
        assertThatThrownBy(resources::close).isInstanceOf(ExperimentException.class).hasMessageContaining("stuck");
        assertThat(closed).hasToString("ca");
    }

    @Test
    void shouldKeepTimesPerOperation() {
        final Samples samples = new Samples();
        for (int i = 1; i <= 100; i++) {
            samples.record(i * 200L, 2);
        }
        assertThat(samples.count()).isEqualTo(100);
        assertThat(samples.medianNs()).isBetween(4999.0, 5001.0);
        assertThat(samples.p99Ns()).isBetween(9899.0, 9901.0);
    }
}
