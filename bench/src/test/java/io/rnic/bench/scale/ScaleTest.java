package io.rnic.bench.scale;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.RnicCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole command with few of everything and rounds of a millisecond: that it works, not how it scales. */
@Timeout(120)
class ScaleTest {
    private static final Plan SHORT = new Plan(List.of(1, 3, 20), 500, List.of(1, 2, 5), 3, 1_000_000, 1_000_000);

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private int scale(final String... args) {
        final PrintStream out = new PrintStream(outBytes, true, UTF_8);
        final PrintStream err = new PrintStream(errBytes, true, UTF_8);
        return RnicCommand.run(args, out, err, new ScaleCommand(out, err, SHORT));
    }

    private static List<String> expectedRatios() {
        final List<String> names = new ArrayList<>();
        for (final String frontEnd : List.of("user", "kernel")) {
            for (final String test : List.of("write_one_busy", "write_all_busy", "send_one_busy", "send_all_busy")) {
                names.add(test + "_3_" + frontEnd);
                names.add(test + "_20_" + frontEnd);
            }
            names.add("register_accounted_5_pages_" + frontEnd);
            names.add("register_page_beside_500_" + frontEnd);
        }
        names.add("write_one_busy_20_user_dedicated");
        names.add("send_one_busy_20_user_dedicated");
        names.add("stag_check_500");
        return names;
    }

    @Test
    void shouldMeasureEverything() throws IOException {
        final Path json = folder.resolve("results.json");
        final Path csv = folder.resolve("results.csv");
        assertThat(scale("scale", "--json", json.toString(), "--csv", csv.toString())).isZero();
        assertThat(errBytes.toString(UTF_8).lines()).isNotEmpty().allMatch(line -> line.endsWith(" ..."));

        final JsonNode root = JsonMapper.shared().readTree(Files.readString(json));
        assertThat(root.propertyNames())
            .containsExactlyInAnyOrder("command", "host", "notes", "ratios", "results");
        assertThat(root.path("host").propertyNames()).contains("cores", "jvm", "threading", "rounds", "heapBytes");
        assertThat(root.path("host").path("objectAlignmentBytes").asInt()).isGreaterThanOrEqualTo(Long.BYTES);
        final JsonNode ratios = root.path("ratios");
        assertThat(ratios.valueStream().map(ratio -> ratio.path("name").asString())).doesNotHaveDuplicates()
            .containsAll(expectedRatios());
        assertThat(ratios.valueStream()).allSatisfy(ScaleTest::assertRatio);
        assertThat(root.path("results").valueStream()).allSatisfy(ScaleTest::assertResult);
        final int rows = 1 + root.path("results").size() + ratios.size();
        assertThat(Files.readAllLines(csv)).hasSize(rows)
            .allMatch(line -> line.chars().filter(c -> c == ',').count() == 10);
        assertThat(outBytes.toString(UTF_8)).contains("write_one_busy", "dedicated", "queue_pair", "stag_check_random",
            "objects at multiples of ", "register_page_beside", "goals met", "<= 1.30", "<= 3.00", "<= 1.50");
    }

    private static void assertRatio(final JsonNode ratio) {
        final double value = ratio.path("value").asDouble();
        assertThat(value).isPositive().isFinite();
        assertThat(ratio.path("goal").asDouble()).isGreaterThan(1);
        assertThat(ratio.path("met").isBoolean()).isTrue();
        assertThat(ratio.path("min").asDouble()).as("of three decimals: a round that others disturbed may be 0.000")
            .isNotNegative().isLessThanOrEqualTo(value);
        assertThat(ratio.path("max").asDouble()).isGreaterThanOrEqualTo(value).isFinite();
    }

    private static void assertResult(final JsonNode row) {
        final boolean bytes = row.path("unit").asString().endsWith("bytes");
        assertThat(row.path("median").asDouble()).isGreaterThanOrEqualTo(bytes ? 0 : Double.MIN_VALUE).isFinite();
        assertThat(row.path("count").asInt()).isPositive();
        assertThat(row.path("samples").asInt()).isPositive();
    }

    @Test
    void shouldNeedFewerBytesOnTheBoardThroughTheKernel() throws IOException {
        assertThat(scale("scale", "--queue-pairs", "1", "--entries", "1", "--rounds", "1", "--json", "-")).isZero();
        final JsonNode results = JsonMapper.shared().readTree(outBytes.toString(UTF_8)).path("results");
        assertThat(onBoard(results, "queue_pair", "kernel")).isPositive()
            .isLessThan(onBoard(results, "queue_pair", "user"));
        assertThat(onBoard(results, "local_region", "kernel")).isZero();
        assertThat(onBoard(results, "local_region", "user")).isPositive()
            .isEqualTo(onBoard(results, "remote_region", "user"))
            .isEqualTo(onBoard(results, "remote_region", "kernel"));
    }

    private static int onBoard(final JsonNode results, final String test, final String frontEnd) {
        return results.valueStream().filter(row -> row.path("test").asString().equals(test)
            && row.path("frontEnd").asString().equals(frontEnd)
            && row.path("unit").asString().equals(Figure.ON_BOARD)).findFirst().orElseThrow().path("median").asInt();
    }

    @Test
    void shouldMeasureOneFrontEndAlone() throws IOException {
        assertThat(scale("scale", "--front-ends", "kernel", "--queue-pairs", "2", "--csv", "-")).isZero();
        assertThat(outBytes.toString(UTF_8)).contains("write_one_busy,kernel,invoker,2,ns,")
            .contains("write_one_busy_2_kernel,,,,ratio,").doesNotContain("user", "dedicated");
        assertThat(errBytes.toString(UTF_8)).contains("goals met");
    }
}
