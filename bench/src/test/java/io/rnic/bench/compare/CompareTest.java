package io.rnic.bench.compare;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.bench.RnicCommand;
import io.rnic.verbs.Rnic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole command with rounds of a millisecond: that it works, not how fast. */
@Timeout(120)
class CompareTest {
    private static final Plan SHORT = new Plan(11_000_000, 1_000_000, 2, 1_000_000, 1);
    private static final String ODD_SIZES = "1,100,4K";

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private int compare(final Consumer<MemorySegment> received, final String... args) {
        final PrintStream out = new PrintStream(outBytes, true, UTF_8);
        final PrintStream err = new PrintStream(errBytes, true, UTF_8);
        return RnicCommand.run(args, out, err, new CompareCommand(out, err, SHORT, received));
    }

    private Path file(final int bytes) throws IOException {
        final byte[] content = new byte[bytes];
        new Random(1).nextBytes(content);
        return Files.write(folder.resolve("file"), content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"invoker", "dedicated"})
    void shouldMeasureEverythingThroughBothFrontEnds(final String threading) throws IOException {
        final Path json = folder.resolve("results.json");
        final Path csv = folder.resolve("results.csv");
        final int exitCode = compare(CompareTest::leaveAsItIs, "compare", "--threading", threading,
            "--sizes", ODD_SIZES, "--file", file((3 << 20) + 17).toString(),
            "--json", json.toString(), "--csv", csv.toString());
        assertThat(errBytes.toString(UTF_8).lines()).allMatch(line -> line.endsWith(" ..."));
        assertThat(exitCode).isZero();

        final JsonNode root = JsonMapper.shared().readTree(Files.readString(json));
        assertThat(root.propertyNames()).containsExactlyInAnyOrder("command", "host", "limits", "results");
        assertThat(root.path("host").propertyNames())
            .contains("os", "arch", "cpu", "cores", "jvm", "threading", "pinning", "crossing", "date");
        assertThat(root.path("limits").propertyNames()).contains("null_syscall", "memory_copy", "cache_line");
        final JsonNode results = root.path("results");
        final int rows = 2 * (6 * 3 + Blocks.SWEEP_BYTES.size());
        assertThat(results.valueStream().map(row -> row.path("test").asString()).distinct()).containsExactly(
            "send_lat", "write_lat", "read_lat", "send_bw", "write_bw", "read_bw", "file_read");
        assertThat(results.valueStream()).hasSize(rows).allSatisfy(row -> assertRow(row, threading));
        assertThat(Files.readAllLines(csv)).hasSizeGreaterThan(rows)
            .allMatch(line -> line.chars().filter(c -> c == ',').count() == 11);
        assertThat(outBytes.toString(UTF_8)).contains("send_lat", "file_read", "PD %", "SHA-256 agrees");
    }

    @Test
    void shouldFailWhenStandardOutputTakesNothing() throws IOException {
        final PrintStream out = new PrintStream(new OutputStream() {
            @Override
            public void write(final int oneByte) throws IOException {
                throw new IOException("No space left on device");
            }
        }, true, UTF_8);
        final PrintStream err = new PrintStream(errBytes, true, UTF_8);
        final int exitCode = RnicCommand.run(
            new String[] {"compare", "--sizes", "1", "--file", file(10).toString(), "--json", "-"}, out, err,
            new CompareCommand(out, err, SHORT, CompareTest::leaveAsItIs));
        assertThat(exitCode).isEqualTo(1);
        assertThat(errBytes.toString(UTF_8)).contains("standard output could not be written to");
    }

    private static void assertRow(final JsonNode row, final String threading) {
        final boolean kernel = row.path("frontEnd").asString().equals("kernel");
        final boolean bandwidth = !row.path("test").asString().endsWith("_lat");
        assertThat(row.path("link").asString()).isEqualTo("loopback");
        assertThat(row.path("threading").asString()).isEqualTo(threading);
        assertThat(row.path("unit").asString()).isEqualTo(bandwidth ? "bytes/s" : "ns");
        assertThat(row.path("bytes").asInt()).isPositive();
        assertThat(row.path("median").asDouble()).isPositive();
        assertThat(row.path("p99").asDouble()).isPositive();
        assertThat(row.path("samples").asInt()).isPositive();
        assertThat(row.has("rate")).isEqualTo(bandwidth);
        assertThat(row.has("deltaNs")).isEqualTo(kernel);
        assertThat(row.has("pdPercent")).isEqualTo(kernel && bandwidth);
    }

    @Test
    void shouldStreamAFileOfOneByte() throws IOException {
        final int exitCode = compare(CompareTest::leaveAsItIs, "compare", "--sizes", "1",
            "--file", file(1).toString(), "--json", "-");
        assertThat(exitCode).isZero();
        assertThat(JsonMapper.shared().readTree(outBytes.toString(UTF_8)).path("host").path("fileBytes").asInt())
            .isEqualTo(1);
        assertThat(errBytes.toString(UTF_8)).contains("all 1 bytes in every size of blocks");
    }

    @Test
    void shouldFailWhenAByteReceivedIsNotTheFiles() throws IOException {
        final Path json = folder.resolve("results.json");
        assertThat(compareCorrupted(json)).isEqualTo(1);
        final List<String> lines = errBytes.toString(UTF_8).lines().toList();
        assertThat(lines.getLast()).contains("rnic compare", "file_read through user", "SHA-256 mismatch");
        assertThat(json).doesNotExist();
        assertThat(outBytes.toString(UTF_8)).isEmpty();
    }

    private int compareCorrupted(final Path json) throws IOException {
        return compare(CompareTest::flipLastByte, "compare", "--sizes", "1", "--file", file(10_000).toString(),
            "--json", json.toString());
    }

    private static void leaveAsItIs(final MemorySegment block) {
        assertThat(block.byteSize()).isPositive();
    }

    private static void flipLastByte(final MemorySegment block) {
        final long last = block.byteSize() - 1;
        block.set(JAVA_BYTE, last, (byte) ~block.get(JAVA_BYTE, last));
    }

    @Test
    void shouldLeaveTheDeviceClosedBehindAFailure() throws IOException {
        assertThat(compareCorrupted(folder.resolve("results.json"))).isEqualTo(1);
        // A device that was still open would refuse the other threading mode.
        assertThat(compare(CompareTest::leaveAsItIs, "compare", "--sizes", "1", "--threading", "dedicated",
            "--file", file(10_000).toString())).isZero();
        assertThat(Rnic.frontEnds()).contains("user", "kernel");
    }
}
