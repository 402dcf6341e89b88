package io.rnic.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.RnicCommand;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole command with slices of a millisecond: that it works, not how fast. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PeersTest {
    private static final Plan TINY = new Plan(1, 100_000, 1, 1_000_000, 2, 1_000_000, 0);
    private static final String[] RATIOS = {"send_rtt_vs_cacheline", "send_rtt_vs_aeron", "write_rtt_vs_cacheline",
        "send_rate_vs_aeron", "write_rate_vs_aeron", "write_bw_vs_copy", "write_bw_vs_copy_64k", "write_bw_vs_copy_1m",
        "netty_rtt_vs_send_rtt", "kernel_batch_rate", "kernel_64k", "tcp_send_rtt_vs_netty",
        "tcp_write_bw_vs_netty", "tcp_write_bw_vs_netty_64k", "tcp_write_bw_vs_netty_1m",
        "tcp_write_bw_crc_vs_netty", "tcp_write_bw_crc_vs_netty_64k", "tcp_write_bw_crc_vs_netty_1m",
        "tcp_connections_throughput", "alloc", "tcp_alloc", "tcp_connection_kib"};

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private int peers(final String... args) {
        final PrintStream out = new PrintStream(outBytes, true, UTF_8);
        final PrintStream err = new PrintStream(errBytes, true, UTF_8);
        return RnicCommand.run(args, out, err, new PeersCommand(out, err, TINY));
    }

    @Test
    void shouldMeasureEveryPeerAndEveryRatio() throws IOException {
        final Path json = folder.resolve("results.json");
        final Path csv = folder.resolve("results.csv");
        final int exitCode =
            peers("peers", "--one-jvm", "--rounds", "1", "--json", json.toString(), "--csv", csv.toString());
        assertThat(errBytes.toString(UTF_8).lines()).allMatch(line -> line.endsWith(" ..."));
        assertThat(exitCode).isZero();

        final JsonNode root = JsonMapper.shared().readTree(Files.readString(json));
        assertThat(root.path("command").asString()).isEqualTo("peers");
        assertThat(root.path("rounds").asInt()).isEqualTo(1);
        assertThat(root.path("quotable").asBoolean()).isFalse();
        assertThat(root.path("host").propertyNames()).contains("cores", "jvm", "threading");
        assertThat(root.path("host").path("jvms").asString()).isEqualTo("one");
        assertThat(root.path("ratios").valueStream().map(row -> row.path("name").asString())).containsExactly(RATIOS);
        assertThat(root.path("ratios").valueStream()).allSatisfy(PeersTest::assertRatio);
        final List<String> names = Kinds.all().stream().map(Kind::name).toList();
        assertThat(root.path("figures").valueStream().map(row -> row.path("name").asString())
            .filter(name -> !name.startsWith("ucx"))).containsExactlyElementsOf(names);
        assertThat(root.path("figures").valueStream()).allSatisfy(PeersTest::assertFigure);
        assertThat(Files.readAllLines(csv)).hasSizeGreaterThan(names.size() + RATIOS.length)
            .allMatch(line -> line.chars().filter(c -> c == ',').count() == 12);
        assertThat(outBytes.toString(UTF_8)).contains(names).contains(RATIOS)
            .contains("threading invoker", "JVMs one, rounds 1", "not to be quoted", "write to and poll the same word");
    }

    private static void assertRatio(final JsonNode row) {
        final double value = row.path("value").doubleValue();
        final double goal = row.path("goal").doubleValue();
        assertThat(value).isFinite().isNotNegative()
            .isBetween(row.path("min").doubleValue(), row.path("max").doubleValue());
        assertThat(row.path("direction").asString()).isIn("<=", ">=");
        final boolean atMost = row.path("direction").asString().equals("<=");
        assertThat(row.path("met").asBoolean()).isEqualTo(atMost ? value <= goal : value >= goal);
    }

    private static void assertFigure(final JsonNode row) {
        assertThat(row.path("median").doubleValue()).isFinite().isPositive();
        assertThat(row.path("min").doubleValue()).isPositive().isLessThanOrEqualTo(row.path("median").doubleValue());
        assertThat(row.path("max").doubleValue()).isGreaterThanOrEqualTo(row.path("median").doubleValue());
        assertThat(row.path("unit").asString()).isIn("ns", "1/s", "bytes/s", "bytes");
        assertThat(row.path("bytes").asInt()).isPositive();
    }

    @Test
    void shouldRunSomeTestsInJvmsOfTheirOwnAndGiveOnlyTheirRatios() throws IOException {
        final List<ProcessHandle> before = ProcessHandle.current().children().toList();
        assertThat(peers("peers", "--only", "cache_line,user_write_rtt", "--json", "-")).isZero();
        final JsonNode root = JsonMapper.shared().readTree(outBytes.toString(UTF_8));
        assertThat(root.path("figures").valueStream().map(row -> row.path("name").asString()))
            .containsExactly("cache_line", "user_write_rtt");
        assertThat(root.path("figures").valueStream()).allSatisfy(PeersTest::assertFigure)
            .allMatch(row -> row.path("rounds").asInt() == 2);
        assertThat(root.path("ratios").valueStream().map(row -> row.path("name").asString()))
            .containsExactly("write_rtt_vs_cacheline", "alloc");
        assertThat(root.path("ratios").valueStream()).allSatisfy(PeersTest::assertRatio);
        assertThat(root.path("host").path("jvms").asString()).isEqualTo("of their own");
        assertThat(root.path("host").path("pinning").asString()).isNotEmpty();
        assertThat(errBytes.toString(UTF_8)).contains("user_write_rtt", "not asked for");
        assertThat(ProcessHandle.current().children()).isSubsetOf(before);
    }

    @Test
    void shouldLeaveNoFolderOfAeronBehind() throws IOException {
        assertThat(peers("peers", "--one-jvm", "--only", "aeron_rtt")).isZero();
        assertThat(foldersOfAeron(ProcessHandle.current())).isEmpty();
    }

    /** As by Ctrl-C, but for the command alone: its children hear of it by it. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void shouldLeaveNothingBehindWhenItIsStopped() throws IOException, InterruptedException {
        final Process command = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--add-opens",
            "java.base/jdk.internal.misc=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
            RnicCommand.class.getName(), "peers", "--only", "cache_line,aeron_rtt", "--rounds", "1000")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader said = command.errorReader()) {
            assertThat(said.lines().takeWhile(line -> !line.contains("1000 rounds")).toList())
                .contains("rnic: warm-up ...");
            final List<ProcessHandle> children = command.children().toList();
            assertThat(children).hasSize(2);

            command.toHandle().destroy();

            assertThat(command.waitFor()).isEqualTo(143);
            assertThat(children).noneMatch(ProcessHandle::isAlive);
            for (final ProcessHandle child : children) {
                assertThat(foldersOfAeron(child)).isEmpty();
            }
            assertThat(said.lines()).isEmpty();
        } finally {
            command.destroyForcibly();
        }
    }

    private static List<String> foldersOfAeron(final ProcessHandle process) throws IOException {
        final Path shared = Path.of("/dev/shm");
        if (!Files.isDirectory(shared)) {
            return List.of();
        }
        try (var files = Files.list(shared)) {
            return files.map(file -> file.getFileName().toString())
                .filter(name -> name.startsWith(AeronHost.FOLDER_PREFIX + process.pid() + "-")).toList();
        }
    }
}
