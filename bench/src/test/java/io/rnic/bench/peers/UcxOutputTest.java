package io.rnic.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ucx_perftest prints is taken only if it says a rate beyond doubt. */
class UcxOutputTest {
    private static final String HEADING =
        "iterations,50.0_percentile_lat,avg_lat,overall_lat,avg_bw,overall_bw,avg_mr,overall_mr\n";
    private static final String LINE = "500000,0.666,0.668,0.668,45.66,45.66,1496345,1496346\n";

    @Test
    void shouldReadTheRate() {
        assertThat(UcxOutput.rate(HEADING + LINE)).hasValue(1_496_346);
    }

    @Test
    void shouldFindTheColumnByItsName() {
        assertThat(UcxOutput.rate("iterations,overall_mr,avg_lat\n1000,2.5,3\n")).hasValue(2.5);
    }

    @Test
    void shouldPassOverWhatElseIsPrinted() {
        final String warning = "[1700000000.123456] [host:1:0]  parser.c:1911 UCX  WARN  unused env variable: A,B\n";
        assertThat(UcxOutput.rate(warning + "| Test: tag match |\n\r\n" + HEADING + warning + LINE + warning))
            .hasValue(1_496_346);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "\n", ",", "iterations", "iterations\n1", HEADING, LINE, LINE + HEADING, HEADING + "500000,0.666\n",
        HEADING + "500000,0.666,0.668,0.668,45.66,45.66,1496345,0\n",
        HEADING + "500000,0.666,0.668,0.668,45.66,45.66,1496345,0.000\n",
        HEADING + "500000,0.666,0.668,0.668,45.66,45.66,1496345,-1\n",
        HEADING + "500000,0.666,0.668,0.668,45.66,45.66,1496345,nan\n",
        HEADING + "500000,0.666,0.668,0.668,45.66,45.66,1496345,inf\n",
        HEADING + "500000,0.666,0.668,0.668,45.66,45.66,1496345,1e99\n",
        HEADING + "500000,0.666,0.668,0.668,45.66,45.66,1496345,\n",
        HEADING + "500000,0.666,0.668,0.668,45.66,45.66,1496345,99999999999999999999\n",
        HEADING + "500000,nan,0.668,0.668,45.66,45.66,1496345,1496346\n",
        HEADING + "500000,0.666,0.668,0.668,45.66,45.66,1496345,1496346,7\n",
        HEADING + "500000;0.666;0.668;0.668;45.66;45.66;1496345;1496346\n",
        "iterations,avg_mr\n1000,5\n", HEADING + LINE + LINE})
    void shouldTakeNothingElseForARate(final String text) {
        assertThat(UcxOutput.rate(text)).isEmpty();
    }

    @Test
    void shouldNotReadALineWithoutEnd() {
        assertThat(UcxOutput.rate(HEADING + "1".repeat(100_000) + "\n")).isEmpty();
        assertThat(UcxOutput.rate("iterations" + ",overall_mr".repeat(10_000) + "\n1" + ",1".repeat(10_000)))
            .isEmpty();
    }
}
