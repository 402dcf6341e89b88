package io.rnic.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rnic.bench.run.ExperimentException;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A test in a JVM of its own, from both ends of what connects it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledOnOs({OS.LINUX, OS.MAC}) // exit codes of signals
class ChildJvmTest {
    private static final String LINE = Kinds.CACHE_LINE;
    private static final Kind KIND = Kinds.named(LINE);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);

    private int serve(final String requests, final String... names) throws IOException {
        return ChildMain.serve(List.of(names), new BufferedReader(new StringReader(requests)), out);
    }

    private List<String> answers() {
        return bytes.toString(UTF_8).lines().filter(line -> !line.isEmpty()).toList();
    }

    private ChildJvm child() {
        return new ChildJvm(LINE, List.of(KIND), out);
    }

    @Test
    void shouldRunATestAsOftenAsItIsAskedTo() {
        final ProcessHandle process;
        try (ChildJvm child = child()) {
            assertThat(child.open()).as("no device is open").isEmpty();
            final double ns = child.run(KIND, 100_000).value();
            assertThat(child.run(KIND, 100_000).value()).as("another run").isNotEqualTo(ns);
            assertThat(child.process().isAlive()).isTrue();
            process = child.process();
        }
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void shouldSayWhyItsTestsCannotBeSetUp() {
        final Kind unknown = new Kind("warp", Unit.NS, 1, false, "warp", rig -> {
            throw new AssertionError("the child opens it, and does not know it");
        });
        try (ChildJvm child = new ChildJvm("warp", List.of(unknown), out)) {
            assertThatExceptionOfType(ExperimentException.class).isThrownBy(child::open)
                .withMessageStartingWith("'warp' is no test; allowed: ");
        }
    }

    @Test
    void shouldSayWhenItIsClosedThatItsJvmFailedMeanwhile() {
        final ChildJvm child = child();
        child.open();
        child.process().destroyForcibly();
        child.process().onExit().join();
        assertThatExceptionOfType(ExperimentException.class).isThrownBy(child::close)
            .withMessage("cache_line: its JVM ended with exit code 137");
    }

    @Test
    void shouldSayThatItsJvmWasKilled() {
        try (ChildJvm child = child()) {
            child.open();
            child.process().destroyForcibly();
            child.process().onExit().join();
            assertThatExceptionOfType(ExperimentException.class).isThrownBy(() -> child.run(KIND, 1))
                .withMessage("cache_line: its JVM ended with exit code 137");
        }
    }

    @Test
    void shouldBeCancelledWhenItsJvmIsToldToEnd() {
        try (ChildJvm child = child()) {
            child.open();
            child.process().destroy();
            child.process().onExit().join();
            assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> child.run(KIND, 1));
        }
    }

    @Test
    void shouldSayWhatWentWrongInItsJvm() {
        final ProcessHandle process;
        try (ChildJvm child = child()) {
            child.open();
            final Kind other = Kinds.named("two_lines");
            assertThatExceptionOfType(ExperimentException.class).isThrownBy(() -> child.run(other, 1))
                .withMessageContainingAll("two_lines 1", "is no request", LINE);
            process = child.process();
        }
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void shouldServeUntilItsInputEnds() throws IOException {
        assertThat(serve("cache_line 1000\ncache_line 1000\n", LINE)).isZero();
        assertThat(answers()).hasSize(3).first().isEqualTo("peers: ready ");
        assertThat(answers().subList(1, 3)).allSatisfy(line -> assertThat(line).startsWith("peers: ")
            .satisfies(answer -> Outcome.of(answer.substring("peers: ".length()))));
    }

    @Test
    void shouldSayHowMemoryIsPinnedWhereADeviceIsOpen() throws IOException {
        assertThat(serve("", "user_write_rtt")).isZero();
        assertThat(answers()).singleElement().asString().matches("peers: ready (locked|accounted).*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cache_line", "cache_line ", "cache_line -1", "cache_line 1 2", "cache_line x",
        "two_lines 1", "cache_line 99999999999999999999", "\u0000"})
    void shouldRefuseWhatIsNoRequest(final String request) throws IOException {
        assertThat(serve(request + "\ncache_line 1\n", LINE)).isEqualTo(1);
        assertThat(answers()).hasSize(2).last().asString()
            .isEqualTo("peers: failed '" + request + "' is no request; allowed: the name of a test, one of cache_line,"
                + " and nanoseconds");
    }

    @Test
    void shouldRefuseATestThatThereIsNot() throws IOException {
        assertThat(serve("", "warp")).isEqualTo(1);
        assertThat(answers()).singleElement().asString().startsWith("peers: failed 'warp' is no test; allowed: ");
    }

    @Test
    void shouldReadAnOutcomeThatItWrote() {
        final Outcome outcome = new Outcome(1.0e9 / 3, 0.125);
        assertThat(Outcome.of(outcome.line())).isEqualTo(outcome);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1 2 3", "x 0", "1 x", "0 0", "-1 0", "NaN 0", "1 NaN", "Infinity 0", "1 -1",
        "1  0"})
    void shouldRefuseWhatIsNoOutcome(final String line) {
        assertThatExceptionOfType(ExperimentException.class).isThrownBy(() -> Outcome.of(line))
            .withMessageContaining("allowed: ");
    }
}
