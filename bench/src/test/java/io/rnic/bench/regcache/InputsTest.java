package io.rnic.bench.regcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.RnicCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where a sweep reads from, where it writes to, and whether parts belong together. */
class InputsTest {
    private static final int LINES = 50_000;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    private int run(final String... args) {
        final List<String> all = new ArrayList<>(List.of("regcache"));
        all.addAll(Arrays.asList(args));
        err.reset();
        final PrintStream stream = new PrintStream(err, true, UTF_8);
        return RnicCommand.run(all.toArray(String[]::new), stream, stream);
    }

    private String file(final String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode json(final String name) {
        return JsonMapper.builder().build().readTree(folder.resolve(name));
    }

    private String trace(final String name, final int step) throws IOException {
        final StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            lines.append((long) i * step % 1000 * 4096).append(",4096\n");
        }
        return Files.writeString(folder.resolve(name), lines).toString();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void shouldReadAPipeOnceFromItsFirstLine() throws Exception {
        final String trace = trace("trace", 7);
        new ProcessBuilder("mkfifo", file("pipe")).start().waitFor();
        final Process writer = new ProcessBuilder("sh", "-c", "cat \"$0\" > \"$1\"", trace, file("pipe")).start();
        try {
            assertThat(run("--trace", file("pipe"), "--policy", "lru", "--limit", "1M", "--json", file("pipe.json")))
                .as(err.toString(UTF_8)).isZero();
        } finally {
            writer.destroyForcibly();
        }
        assertThat(run("--trace", trace, "--policy", "lru", "--limit", "1M", "--json", file("file.json"))).isZero();
        assertThat(json("pipe.json").path("results")).isEqualTo(json("file.json").path("results"));
        assertThat(json("pipe.json").path("traceHash")).isEqualTo(json("file.json").path("traceHash"));
        assertThat(json("pipe.json").path("traceRequests").asLong()).isEqualTo(LINES);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --trace x --seed 3                               | --seed is of a workload
        --trace x --processes 3                          | --processes is of a workload
        --workload zipf --format arc                     | --format is of a trace
        --workload zipf --front-end kernel               | --front-end is for memory that is registered
        --workload zipf --weights 2,1                    | --weights is for parts
        """)
    void shouldRefuseOptionsThatWouldChangeNothing(final String options, final String message) {
        assertThat(run(options.split(" "))).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains(message).contains("allowed with");
    }

    @Test
    void shouldReadQuotedFieldsAndSkipAByteOrderMark() throws IOException {
        final Path trace = Files.writeString(folder.resolve("trace"),
            "\uFEFF\"0\",\"4096\",\"R\"\n# a comment\n4096,4096,\"\"\n8192, \"4096\" ,R\n");
        assertThat(run("--trace", trace.toString(), "--policy", "lru", "--limit", "1M", "--json", file("a")))
            .as(err.toString(UTF_8)).isZero();
        assertThat(json("a").path("traceRequests").asLong()).isEqualTo(3);
        assertThat(json("a").path("notes")).isEmpty();
    }

    @Test
    void shouldSayThatALineWasTakenForAHeading() throws IOException {
        final Path trace = Files.writeString(folder.resolve("trace"), "x?!\n0,4096\n");
        assertThat(run("--trace", trace.toString(), "--policy", "lru", "--limit", "1M", "--json", file("a"))).isZero();
        assertThat(json("a").path("notes").toString()).contains("taken for a heading").contains("'x?!'");
        Files.writeString(trace, "Offset,\"Size\"\n0,4096\n");
        assertThat(run("--trace", trace.toString(), "--policy", "lru", "--limit", "1M", "--json", file("a"))).isZero();
        assertThat(json("a").path("notes")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0,4096\n0,4096\n"})
    void shouldRefuseALineWithoutEnd(final String before) throws IOException {
        final Path trace = folder.resolve("zeros");
        final byte[] zeros = new byte[4 << 20];
        Files.write(trace, before.getBytes(UTF_8));
        Files.write(trace, zeros, StandardOpenOption.APPEND);
        assertThat(run("--trace", trace.toString(), "--policy", "lru", "--limit", "1M")).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("zeros:" + (before.lines().count() + 1)).contains("1048576 bytes");
    }

    @Test
    void shouldRefuseOutputsThatAreTheInputOrEachOther() throws IOException {
        final String trace = trace("trace", 7);
        Files.createSymbolicLink(folder.resolve("link"), folder);
        Files.createLink(folder.resolve("hard"), Path.of(trace));
        for (final String same : List.of(trace, file("./trace"), file("link/trace"), file("hard"))) {
            for (final String option : List.of("--json", "--csv", "--svg", "--html")) {
                assertThat(run("--trace", trace, "--policy", "lru", "--limit", "1M", option, same)).isEqualTo(2);
                assertThat(err.toString(UTF_8)).contains(option).contains("is the input");
            }
        }
        assertThat(run("--trace", trace, "--limit", "1M", "--svg", file("new"), "--html", file("link/new")))
            .isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("--svg and --html both name");
        assertThat(Files.readString(Path.of(trace))).startsWith("0,4096\n");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    private void part(final String trace, final String shard, final String json) {
        assertThat(run("--trace", trace, "--policy", "lru,arc,fifo", "--limit", "1M,2M", "--shard", shard, "--json",
            file(json))).as(err.toString(UTF_8)).isZero();
    }

    @Test
    void shouldSayWhichPartsAreMissing() throws IOException {
        final String trace = trace("trace", 7);
        part(trace, "1/3", "1");
        part(trace, "2/3", "2");
        part(trace, "3/3", "3");
        assertThat(json("2").path("shard").asString()).isEqualTo("2/3");
        assertThat(run("merge", file("1"), file("3"), "--json", file("two"))).isZero();
        assertThat(json("two").path("complete").asBoolean()).isFalse();
        assertThat(json("two").path("notes").toString()).contains("missing: 2/3");
        assertThat(run("merge", file("two"), file("2"), "--json", file("all"))).isZero();
        assertThat(json("all").path("complete").asBoolean()).isTrue();
        assertThat(json("all").path("notes")).isEmpty();
        assertThat(run("merge", file("1"), file("2"), file("3"), "--json", file("all"))).isZero();
        assertThat(json("all").path("complete").asBoolean()).isTrue();
        assertThat(run("merge", file("1"), file("2"), "--json", file("1"))).isEqualTo(2);
    }

    @Test
    void shouldSayWhichPartWasStoppedAlsoAfterAMergeOfMerged() throws IOException {
        final String trace = trace("trace", 7);
        part(trace, "1/3", "1");
        part(trace, "2/3", "2");
        part(trace, "3/3", "3");
        Files.writeString(folder.resolve("1"), Files.readString(folder.resolve("1"))
            .replace("\"complete\" : true", "\"complete\" : false"));
        assertThat(run("merge", file("1"), file("3"), "--json", file("two"))).isZero();
        assertThat(run("merge", file("two"), file("2"), "--json", file("all"))).isZero();
        assertThat(json("all").path("complete").asBoolean()).isFalse();
        assertThat(json("all").path("notes").toString()).contains("stopped before its end: part 1/3")
            .doesNotContain("missing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --requests 1e6                    | is not a long; allowed: a whole number
        --memory 0                        | --memory '0' is not allowed; allowed: 1 or more
        --memory 4K --request-bytes 8K    | --request-bytes '8K' is not allowed
        --limit ,                         | --limit ',' lacks a value; allowed: LIMIT, or several
        --policy ,                        | --policy ',' lacks a value; allowed: NAME, or several
        """)
    void shouldRefuseWhatIsNoWorkloadOrSweep(final String options, final String message) {
        final List<String> all = new ArrayList<>(List.of("--workload", "zipf"));
        all.addAll(List.of(options.split(" ")));
        assertThat(run(all.toArray(String[]::new))).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains(message);
    }

    @Test
    void shouldMakeRequestsAsShortAsTheMemoryOfAWorkload() {
        assertThat(run("--workload", "zipf", "--memory", "4K", "--requests", "100", "--policy", "lru", "--limit", "1M"))
            .as(err.toString(UTF_8)).isZero();
    }

    @Test
    void shouldRefusePartsOfOtherTracesOfTheSameName() throws IOException {
        part(trace("trace", 7), "1/2", "1");
        part(trace("trace", 9), "2/2", "2");
        assertThat(run("merge", file("1"), file("2"))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("another sweep").contains("hash");
        part(trace("trace", 7), "2/3", "2");
        assertThat(run("merge", file("1"), file("2"))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("another sweep").contains("part 2/3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --policy lru,arc               | policies lru,arc
        --policy lru,arc,lfu           | policies lru,arc,lfu
        --limit 1M,4M                  | limits
        --merge                        | regions merged
        --no-bounds                    | without bounds
        --sharing static               | sharing static
        """)
    void shouldRefusePartsOfSweepsWithOtherOptions(final String options, final String message) throws IOException {
        final String trace = trace("trace", 7);
        part(trace, "1/2", "1");
        final List<String> all = new ArrayList<>(List.of("--trace", trace, "--shard", "2/2", "--json", file("2")));
        if (!options.contains("--policy")) {
            all.addAll(List.of("--policy", "lru,arc,fifo"));
        }
        if (!options.contains("--limit")) {
            all.addAll(List.of("--limit", "1M,2M"));
        }
        all.addAll(List.of(options.split(" ")));
        assertThat(run(all.toArray(String[]::new))).as(err.toString(UTF_8)).isZero();
        assertThat(run("merge", file("1"), file("2"))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("another sweep").contains(message);
    }

    @Test
    void shouldSayWhatIsWrongWithAPart() throws IOException {
        part(trace("trace", 7), "1/1", "1");
        final String good = Files.readString(folder.resolve("1"));
        assertThat(run("merge", file("1"))).isZero();
        assertThat(run("merge", file("none"))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("none' does not exist");
        for (final String[] change : new String[][] {
            {"\"region\"", "\"line\"", "unit 'line' is unknown; allowed: region"},
            {"\"sharing\" : \"one\"", "\"sharing\" : \"two\"", "sharing 'two' is unknown; allowed: one"},
            {"\"requests\" : ", "\"requests\" : -", "no count 'requests'"},
            {"\"hits\" : ", "\"hits\" : 99999", "hits of"},
            {"\"policy\" : \"lru\"", "\"policy\" : \"mru\"", "a result of mru"},
            {"\"bounds\" : [", "\"boundz\" : [", "no list 'bounds'"},
            {"\"sweep\"", "\"swept\"", "no 'sweep'"}}) {
            assertThat(good).contains(change[0]);
            Files.writeString(folder.resolve("2"), good.replace(change[0], change[1]));
            assertThat(run("merge", file("2"))).as(change[2]).isEqualTo(1);
            assertThat(err.toString(UTF_8)).contains("part '").contains(change[2]);
        }
        for (final String other : List.of("{}", "[]", "", "no")) {
            Files.writeString(folder.resolve("2"), other);
            assertThat(run("merge", file("2"))).isEqualTo(1);
            assertThat(err.toString(UTF_8)).contains("is no report of rnic regcache --json");
        }
    }
}
