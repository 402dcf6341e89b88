package io.rnic.bench.regcache.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LineFitTest {
    @Test
    void shouldFindTheLineThatTimesLieOn() {
        final LineFit fit = new LineFit();
        for (int pages = 1; pages < 100; pages++) {
            fit.add(pages, 4000 + 300L * pages);
        }
        // Left out: there are shorter ones.
        fit.add(1_000_000, 1);
        final LineFit.Line line = fit.line();
        assertThat(line.call()).isCloseTo(4000, within(1e-6));
        assertThat(line.page()).isCloseTo(300, within(1e-6));
        assertThat(line.off()).isCloseTo(0, within(1e-9));
    }

    @Test
    void shouldTakePagesAloneForWhatIsVeryLongOnly() {
        final LineFit fit = new LineFit();
        assertThat(fit.line()).isEqualTo(new LineFit.Line(0, 0, 0));
        fit.add(100_000, 5_000_000);
        assertThat(fit.line()).isEqualTo(new LineFit.Line(0, 50, 0));
    }
}
