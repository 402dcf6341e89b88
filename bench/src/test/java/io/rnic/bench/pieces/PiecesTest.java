package io.rnic.bench.pieces;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.RnicCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs and gives a result; how fast is not looked at. */
class PiecesTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    static {
        // JMH lets one measure at a time; nothing is measured here.
        System.setProperty("jmh.ignoreLock", "true");
    }

    private int run(final String... args) {
        return RnicCommand.run(args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }

    @Test
    void shouldGetAResultFromEveryBenchmark() throws RunnerException {
        final List<String> all = PiecesCommand.all();
        final Collection<RunResult> results = new Runner(new OptionsBuilder().include(".*").forks(0)
            .warmupIterations(0).measurementIterations(1).measurementTime(TimeValue.milliseconds(1))
            .param("entries", "1", "1000").param("bytes", "32", "4096").param("regions", "10", "1000")
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true).build(),
            OutputFormatFactory.createFormatInstance(new PrintStream(out, true, UTF_8), VerboseMode.SILENT)).run();
        assertThat(results).allSatisfy(result ->
            assertThat(result.getPrimaryResult().getScore()).as(result.getParams().id()).isPositive());
        assertThat(results).extracting(result -> result.getParams().getBenchmark()).containsAll(all);
        assertThat(all).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        pieces nothing             | 'nothing'      | --list
        pieces [                   | '['            | --list
        pieces --milliseconds 0    | 0              | 1 to 60000
        pieces --milliseconds soon | 'soon'         | --milliseconds
        pieces --json=             | without a name | file that can be written
        pieces --list --json -     | --json         | one of them
        pieces --fast              | '--fast'       | --quick
        """)
    void shouldSayInOneLineWhatWasGivenAndWhatIsAllowed(final String line, final String given, final String allowed) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(out.toString(UTF_8)).isEmpty();
        assertThat(err.toString(UTF_8).lines()).hasSize(1).first().asString().contains(given, allowed);
    }

    @Test
    void shouldListWhatMatches() {
        assertThat(run("pieces", "--list", "Stag|pushPoll$")).isZero();
        assertThat(out.toString(UTF_8).lines())
            .containsExactly("CompletionBenchmark.pushPoll", "StagBenchmark.hot", "StagBenchmark.random");
        assertThat(run("pieces", "--help")).isZero();
        assertThat(out.toString(UTF_8)).contains("Usage: rnic pieces", "PATTERN", "--quick", "Exit codes");
    }
}
