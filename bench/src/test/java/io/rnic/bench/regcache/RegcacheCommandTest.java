package io.rnic.bench.regcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import io.rnic.bench.RnicCommand;
import io.rnic.registration.policy.Policies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RegcacheCommandTest {
    private static final List<String> SMALL = List.of("--workload", "mixed", "--requests", "20000", "--memory", "64M",
        "--limit", "2M,8M,32M");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @BeforeEach
    void clear() {
        out.reset();
        err.reset();
    }

    private int run(final List<String> options, final String... more) {
        final List<String> args = new ArrayList<>(List.of("regcache"));
        args.addAll(options);
        args.addAll(Arrays.asList(more));
        return RnicCommand.run(args.toArray(String[]::new), new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    }

    private JsonNode json(final String name) {
        return JsonMapper.builder().build().readTree(folder.resolve(name));
    }

    private String file(final String name) {
        return folder.resolve(name).toString();
    }

    private static Stream<JsonNode> rows(final JsonNode report, final String list, final String policy) {
        return report.path(list).valueStream().filter(row -> row.path("policy").asString().equals(policy));
    }

    @Test
    void shouldReportEveryPolicyUnderEveryLimitBetweenTheBounds() throws IOException {
        assertThat(run(SMALL, "--json", file("a.json"), "--csv", file("a.csv"), "--svg", file("a.svg"), "--html",
            file("a.html"))).as(err.toString(UTF_8)).isZero();
        final JsonNode report = json("a.json");
        assertThat(report.path("command").asString()).isEqualTo("regcache");
        assertThat(report.path("cost").path("registerNs").asDouble()).isEqualTo(4100);
        for (final String policy : Policies.names()) {
            assertThat(rows(report, "results", policy)).hasSize(3).allSatisfy(row -> {
                assertThat(row.path("requests").asLong()).isEqualTo(20_000);
                assertThat(row.path("hits").asLong()).isBetween(0L, 20_000L);
                if (!policy.equals("all-beforehand")) {
                    assertThat(row.path("lockedBytesMax").asLong()).isLessThanOrEqualTo(row.path("limit").asLong());
                    final double lower = rows(report, "bounds", "lower-bound")
                        .filter(bound -> bound.path("limit").asLong() == row.path("limit").asLong())
                        .findFirst().orElseThrow().path("cost").asDouble();
                    assertThat(row.path("cost").asDouble()).isGreaterThanOrEqualTo(lower);
                }
            });
        }
        assertThat(rows(report, "bounds", "clairvoyant")).hasSize(3);
        assertThat(Files.readString(folder.resolve("a.csv")).lines())
            .hasSize(1 + 3 * Policies.names().size() + 6).first().asString()
            .startsWith("policy,unit,limit,requests,hits");
        assertThat(Files.readString(folder.resolve("a.svg"))).contains("<svg", "w-tinylfu", "lower-bound");
        assertThat(Files.readString(folder.resolve("a.html"))).contains("<svg", "<pre>", "hit ratio");
        assertThat(out.toString(UTF_8)).contains("ns per request", "landlord", "clairvoyant");
    }

    @Test
    void shouldMergeTheShardsToWhatOneSweepGives() throws IOException {
        final List<String> options = new ArrayList<>(SMALL);
        options.addAll(List.of("--policy", "lru,arc,gdsf,ahead"));
        run(options, "--json", file("whole.json"));
        for (int i = 1; i <= 3; i++) {
            assertThat(run(options, "--shard", i + "/3", "--json", file(i + ".json"))).isZero();
        }
        assertThat(run(List.of("merge", file("3.json"), file("1.json"), file("2.json")), "--json",
            file("merged.json"))).as(err.toString(UTF_8)).isZero();
        assertThat(json("merged.json").path("results").valueStream().map(JsonNode::toString))
            .containsExactlyInAnyOrderElementsOf(json("whole.json").path("results").valueStream()
                .map(JsonNode::toString).toList());
        assertThat(json("merged.json").path("bounds").valueStream().map(JsonNode::toString))
            .containsExactlyInAnyOrderElementsOf(json("whole.json").path("bounds").valueStream()
                .map(JsonNode::toString).toList());
        assertThat(run(List.of("merge", file("1.json"), file("1.json")))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("given twice");
        Files.writeString(folder.resolve("other.json"), "{\"command\": \"compare\"}");
        assertThat(run(List.of("merge", file("other.json")))).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"--svg, <svg", "--html, <html"})
    void shouldKeepTheTableFromAStreamThatAPictureTakes(final String option, final String expected) {
        assertThat(run(SMALL, "--policy", "lru", "--no-bounds", option, "-")).isZero();
        assertThat(out.toString(UTF_8).strip()).startsWith("<").contains(expected);
        assertThat(err.toString(UTF_8)).contains("ns per request");
        assertThat(run(SMALL, "--policy", "lru", option, "-", "--json", "-")).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("both name '-'");
    }

    @Test
    void shouldTellHowProcessesShareALimit() throws IOException {
        final String[] shared = {"--processes", "3", "--policy", "lru,none", "--sharing", "one,first-come,static",
            "--weights", "2", "--no-bounds"};
        assertThat(run(SMALL, Stream.concat(Arrays.stream(shared), Stream.of("--json", file("all.json")))
            .toArray(String[]::new))).as(err.toString(UTF_8)).isZero();
        assertThat(out.toString(UTF_8)).contains("lru static", "requests refused");
        assertThat(rows(json("all.json"), "results", "lru").filter(row -> row.path("sharing").asString()
            .equals("static"))).hasSize(3).allSatisfy(row -> {
                assertThat(row.path("processes").valueStream()).hasSize(3);
                assertThat(row.path("processes").valueStream().mapToLong(each -> each.path("hits").asLong()).sum())
                    .isEqualTo(row.path("hits").asLong());
            });
        for (int part = 1; part <= 2; part++) {
            assertThat(run(SMALL, Stream.concat(Arrays.stream(shared), Stream.of("--shard", part + "/2", "--json",
                file(part + ".json"))).toArray(String[]::new))).as(err.toString(UTF_8)).isZero();
        }
        assertThat(run(List.of("merge", file("1.json"), file("2.json"), "--json", file("merged.json")))).isZero();
        assertThat(json("merged.json").path("results")).isEqualTo(json("all.json").path("results"));
        assertThat(Files.readString(folder.resolve("merged.json"))).contains("first-come");
    }

    @Test
    void shouldRunThePolicyOfTheReadme() throws IOException {
        assertThat(run(SMALL, "--policy", "lru,io.rnic.bench.example.CheapestOfTheOld", "--json", file("a.json")))
            .as(err.toString(UTF_8)).isZero();
        assertThat(rows(json("a.json"), "results", "io.rnic.bench.example.CheapestOfTheOld")).hasSize(3)
            .allSatisfy(row -> assertThat(row.path("hits").asLong()).isPositive());
        final String example = Files.readString(
            Path.of("src/test/java/io/rnic/bench/example/CheapestOfTheOld.java"));
        assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + example + "```\n");
    }

    @Test
    void shouldDoOnRealMemoryWhatItSimulates() {
        assertThat(run(List.of("--workload", "zipf", "--requests", "3000", "--memory", "8M", "--request-bytes", "16K",
            "--limit", "1M", "--policy", "lru,arc", "--execute", "--front-end", "kernel", "--json", file("a.json"))))
            .as(err.toString(UTF_8)).isZero();
        assertThat(json("a.json").path("results").valueStream()).hasSize(2).allSatisfy(row -> {
            assertThat(row.path("measuredCost").asDouble()).isPositive();
            assertThat(row.path("simulatedThen").asDouble()).isPositive();
        });
        assertThat(json("a.json").path("cost").path("model").asString()).isEqualTo("measured");
        assertThat(json("a.json").path("notes").valueStream()).isEmpty();
        assertThat(out.toString(UTF_8)).contains("executed beside simulated");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        10 8 0 0\\n11 4 0 1\\n                                   | none | 2
        version,time,op,size,lbn\\n1,5,2a,512,42\\n1,6,28,4096,8 | zst  | 2
        0,20941264,8192,W,0.5\\n1,20939840,512,R,0.6\\n          | gz   | 2
        12816637,web,0,Write,3154152,4096,50\\n                  | none | 1
        offset,length,op,time,process\\n0,100,r,0,0\\n4096,1\\n  | zst  | 2
        7,9                                                      | none | 1
        """)
    void shouldReadEveryFormatPlainAndCompressed(final String text, final String packed, final int requests)
        throws IOException {
        final Path trace = folder.resolve("trace");
        try (OutputStream plain = Files.newOutputStream(trace);
            OutputStream to = packed.equals("zst") ? new ZstdOutputStream(plain)
                : packed.equals("gz") ? new GZIPOutputStream(plain) : plain) {
            to.write(text.replace("\\n", "\n").strip().getBytes(UTF_8));
        }
        assertThat(run(List.of("--trace", trace.toString(), "--policy", "lru", "--limit", "1M", "--json",
            file("a.json")))).as(err.toString(UTF_8)).isZero();
        assertThat(json("a.json").path("results").get(0).path("requests").asInt()).isEqualTo(requests);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        1,2\\n3,x\\n            | csv  | trace:2: length 'x'; allowed: 1 to
        1,2\\n3\\n              | csv  | trace:2: 1 fields
        1,2\\n3,0\\n            | csv  | trace:2: length '0'
        1,2\\n-3,4\\n           | csv  | trace:2: offset '-3'
        1,2\\n99999999999999999999,4 | csv | trace:2: offset '9999
        1 2 3 4\\n5 -1 3 4\\n   | arc  | trace:2: blocks '-1'
        \\n                     | csv  | has no requests
        offset,length\\n        | csv  | has no requests: its only line, 'offset length'
        0,1,R,1,7\\n8,1,QR\\n8,1,R\\n8,1,RQ\\n9,1,R\\n | csv | trace:2: a double quote
        1 8 0 Q\\n5 4 0 1\\n9 4 0 Q\\n | arc | trace:1: a double quote
        0,1,QR,5Q,7\\n         | csv  | trace:1: a double quote
        @@@@\\n1,2\\n           | csv  | trace:1: is no text
        """)
    void shouldSayWhichLineIsWrong(final String text, final String format, final String message) throws IOException {
        Files.writeString(folder.resolve("trace"), text.replace("\\n", "\n").replace('Q', '"').replace('@', '\0'));
        assertThat(run(List.of("--trace", file("trace"), "--format", format))).isEqualTo(1);
        assertThat(err.toString(UTF_8).lines().toList().getLast()).contains(message);
    }

    @Test
    void shouldSayWhatIsWrongWithATraceAsAWhole() throws IOException {
        assertThat(run(List.of("--trace", file("none")))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("does not exist");
        Files.writeString(folder.resolve("empty"), "");
        assertThat(run(List.of("--trace", file("empty")))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("is empty");
        final ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream zstd = new ZstdOutputStream(packed)) {
            for (int i = 0; i < 100_000; i++) {
                zstd.write((i * 7919L % 100_003 + ",4096\n").getBytes(UTF_8));
            }
        }
        Files.write(folder.resolve("cut"), Arrays.copyOf(packed.toByteArray(), packed.size() / 2));
        assertThat(run(List.of("--trace", file("cut"), "--policy", "lru"))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("cut short");
        Files.writeString(folder.resolve("large"), "0,1000\n0,1000000\n");
        assertThat(run(List.of("--trace", file("large"), "--limit", "64K", "--policy", "lru"))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("large:2: limit of 65536 bytes is smaller than a region",
            "1003520");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        --policy mru                | 'mru'         | w-tinylfu
        --policy lru,lru            | 'lru' twice   | once
        --limit 100                 | '100'         | 4096
        --limit 1M,1024K            | twice         | once
        --unit block --limit 1M     | '1M'          | number of blocks
        --unit line                 | 'line'        | region, page, block
        --cost cheap                | 'cheap'       | ucx
        --cost 1,2,3                | '1,2,3'       | A,B,C,D
        --cost 0,0,1,1              | no cost       | more than 0
        --shard 3/2                 | '3/2'         | i/n
        --batch 0                   | '0'           | 1 to 4096
        --execute --unit page       | --execute     | region
        --front-end hardware        | 'hardware'    | user
        --class-path no-such-folder | 'no-such-folder' | folders and jars
        --trace x                   | both          | one of them
        --sharing fair              | 'fair'        | reclaim
        --sharing static,static     | twice         | once
        --sharing static --unit page | --sharing    | region
        --sharing static --weights 0 | 0             | 1 or more
        """)
    void shouldSayWhatIsAllowed(final String options, final String given, final String allowed) {
        assertThat(run(SMALL.subList(0, 2), options.split(" "))).isEqualTo(2);
        assertThat(err.toString(UTF_8).lines()).hasSize(1).first().asString().contains(given, allowed);
    }
}
