package io.rnic.bench.regcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.github.luben.zstd.ZstdOutputStream;
import io.rnic.bench.RnicCommand;
import io.rnic.bench.regcache.trace.RequestBatch;
import io.rnic.bench.regcache.trace.RequestSource;
import io.rnic.bench.regcache.trace.TraceException;
import io.rnic.bench.regcache.trace.TraceFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A sweep that is stopped, and a trace that is changed, half way. */
class InterruptionTest {
    /** More than one batch, and more than any buffer on the way. */
    private static final int LINES = 400_000;

    @TempDir
    Path folder;

    /** Is asked for a victim, and does not return. */
    public static final class Endless extends BrokenPoliciesTest.Keeper {
        @Override
        public int victim(final Idle idle) {
            while (true) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void shouldNameThePolicyThatDoesNotReturnAndWriteTheOthers() throws Exception {
        final JsonNode report = stopped("TERM", "lru," + Endless.class.getName(), "4M");
        assertThat(report.path("complete").asBoolean()).isFalse();
        assertThat(report.path("results").valueStream().map(row -> row.path("policy").asString()))
            .containsExactly("lru");
        assertThat(report.path("notes").toString()).contains(Endless.class.getName()).contains("does not return");
    }

    /** Ctrl-C sends an interrupt; a job scheduler asks to terminate. */
    @ParameterizedTest
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @ValueSource(strings = {"INT", "TERM"})
    void shouldWriteWhatIsDoneWhenItIsStopped(final String signal) throws Exception {
        assumeFalse(signal.equals("INT") && isInterruptIgnored(), "started in the background, where nobody interrupts");
        final JsonNode report = stopped(signal, "lru,arc", "1M,8M");
        assertThat(report.path("complete").asBoolean()).isFalse();
        assertThat(report.path("results").valueStream()).hasSize(4)
            .allSatisfy(row -> assertThat(row.path("requests").asLong()).isPositive()
                .isEqualTo(report.path("results").get(0).path("requests").asLong()));
        assertThat(report.path("notes").toString()).contains("stopped");
    }

    /** The report of a sweep that is stopped by that signal once it has begun. */
    private JsonNode stopped(final String signal, final String policies, final String limits) throws Exception {
        final Path json = folder.resolve("stopped.json");
        final Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp", System.getProperty("java.class.path"), RnicCommand.class.getName(), "regcache", "--workload",
            "mixed", "--requests", "1000000000000", "--policy", policies, "--limit", limits, "--json",
            json.toString()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(child.getErrorStream(), UTF_8))) {
            String line = lines.readLine();
            while (line != null && !line.contains("simulating")) {
                line = lines.readLine();
            }
            assertThat(line).as("the sweep has begun").isNotNull();
            new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start().waitFor();
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).as("the sweep has ended").isTrue();
        } finally {
            child.destroyForcibly();
        }
        return JsonMapper.builder().build().readTree(json);
    }

    /** A shell starts what runs in its background with interrupts ignored, and a JVM leaves them so. */
    private static boolean isInterruptIgnored() throws IOException {
        final Path status = Path.of("/proc/self/status");
        return Files.isReadable(status) && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }

    private Path trace(final boolean compressed) throws IOException {
        final Path trace = folder.resolve("trace");
        try (OutputStream plain = Files.newOutputStream(trace);
            OutputStream to = compressed ? new ZstdOutputStream(plain) : plain) {
            for (int i = 0; i < LINES; i++) {
                to.write((i * 7919L * 4096 % 1_000_003 + ",4096\n").getBytes(UTF_8));
            }
        }
        return trace;
    }

    private static void readAll(final RequestSource.Reader reader, final RequestBatch batch) throws IOException {
        boolean more = true;
        while (more) {
            more = reader.read(batch);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSayThatATraceShrankWhileItWasRead(final boolean compressed) throws IOException {
        final Path file = trace(compressed);
        final RequestBatch batch = new RequestBatch();
        try (RequestSource.Reader reader = TraceFile.of(file, null).open()) {
            assertThat(reader.read(batch)).isTrue();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() * 3 / 4);
            }
            assertThatThrownBy(() -> readAll(reader, batch)).isInstanceOf(TraceException.class)
                .hasMessageContaining("trace").hasMessageMatching("(?s).*(shrank|cut short|lines?).*");
        }
    }

    @Test
    void shouldReadATraceToItsEndIfNobodyTouchesIt() throws IOException {
        final RequestBatch batch = new RequestBatch();
        try (RequestSource.Reader reader = TraceFile.of(trace(true), null).open()) {
            readAll(reader, batch);
            assertThat(batch.size()).isZero();
        }
    }
}
