package io.rnic.bench.regcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.github.luben.zstd.ZstdOutputStream;
import io.rnic.bench.RnicCommand;
import io.rnic.bench.regcache.execute.CostMeasurement;
import io.rnic.bench.regcache.sim.Patience;
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
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A sweep that is stopped, and a trace that is changed, half way. */
@Timeout(120)
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

    /** Its constructor does not return. */
    public static final class Unborn extends BrokenPoliciesTest.Keeper {
        /** Does not return. */
        public Unborn() {
            System.err.println("unborn");
            while (true) {
                Thread.onSpinWait();
            }
        }
    }

    /** Does not return when it is made for the second time: for the execution. */
    public static final class Late extends BrokenPoliciesTest.Keeper {
        private static int made;

        /** Counts. */
        public Late() {
            made++;
        }

        @Override
        public void added(final int region, final long key, final int pages) {
            while (made > 1) {
                Thread.onSpinWait();
            }
        }
    }

    private static List<String> simulated(final String policies, final String limits) {
        return List.of("--workload", "mixed", "--requests", "1000000000000", "--policy", policies, "--limit", limits);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void shouldNameThePolicyThatDoesNotReturnAndWriteTheOthers() throws Exception {
        final JsonNode report = stopped("TERM", "simulating", simulated("lru," + Endless.class.getName(), "4M"));
        assertThat(report.path("results").valueStream().map(row -> row.path("policy").asString()))
            .containsExactly("lru");
        assertThat(report.path("notes").toString()).contains(Endless.class.getName()).contains("does not return");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void shouldNameThePolicyWhoseConstructorDoesNotReturn() throws Exception {
        final JsonNode report = stopped("TERM", "unborn", simulated("lru," + Unborn.class.getName(), "1M,4M"));
        assertThat(report.path("results").valueStream().map(row -> row.path("policy").asString()))
            .containsExactly("lru", "lru");
        assertThat(report.path("notes").toString()).contains(Unborn.class.getName())
            .contains("constructor does not return");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void shouldKeepWhatWasSimulatedIfAPolicyDoesNotReturnWhenItIsExecuted() throws Exception {
        final JsonNode report = stopped("TERM", "executing " + Late.class.getName(), List.of("--workload", "zipf",
            "--requests", "1000", "--memory", "1M", "--request-bytes", "4K", "--limit", "4M", "--execute",
            "--policy", "lru," + Late.class.getName()));
        assertThat(report.path("results").valueStream().map(row -> row.has("measuredCost")))
            .containsExactly(true, false);
        assertThat(report.path("notes").toString()).contains(Late.class.getName()).contains("does not return");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void shouldSayWhichBoundsAreMissing() throws Exception {
        final JsonNode report = stopped("TERM", "looking for bounds", List.of("--workload", "mixed", "--requests",
            "500000", "--request-bytes", "4K", "--policy", "lru"));
        assertThat(report.path("results")).hasSize(11);
        assertThat(report.path("bounds").size()).isLessThan(22);
        assertThat(report.path("notes").toString()).contains("stopped while bounds were sought");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void shouldNotWaitForAPipeThatStalls() throws Exception {
        final String pipe = folder.resolve("pipe").toString();
        new ProcessBuilder("mkfifo", pipe).start().waitFor();
        final Process writer = new ProcessBuilder("sh", "-c",
            "{ printf '%s\\n' 0,4096 0,4096 4096,4096; exec sleep 600; } > \"$0\"", pipe).start();
        try {
            final JsonNode report = stopped("TERM", "simulating",
                List.of("--trace", pipe, "--policy", "lru", "--limit", "1M"));
            assertThat(report.path("notes").toString()).contains("pipe gave nothing");
        } finally {
            writer.destroyForcibly();
        }
    }

    /** Ctrl-C sends an interrupt; a job scheduler asks to terminate. */
    @ParameterizedTest
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @ValueSource(strings = {"INT", "TERM"})
    void shouldWriteWhatIsDoneWhenItIsStopped(final String signal) throws Exception {
        assumeFalse(signal.equals("INT") && isInterruptIgnored(), "started in the background, where nobody interrupts");
        final JsonNode report = stopped(signal, "simulating", simulated("lru,arc", "1M,8M"));
        assertThat(report.path("results").valueStream()).hasSize(4)
            .allSatisfy(row -> assertThat(row.path("requests").asLong()).isPositive()
                .isEqualTo(report.path("results").get(0).path("requests").asLong()));
        assertThat(report.path("notes").toString()).contains("stopped");
    }

    /** The report of a sweep that is stopped by that signal once it has said that. */
    private JsonNode stopped(final String signal, final String said, final List<String> options) throws Exception {
        final Path json = folder.resolve("stopped.json");
        final List<String> command = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
            System.getProperty("java.class.path"), "--enable-native-access=ALL-UNNAMED", "--add-opens",
            "java.base/jdk.internal.misc=ALL-UNNAMED", "-D" + Patience.PROPERTY + "=1000",
            "-D" + CostMeasurement.SAMPLES_PROPERTY + "=6000", RnicCommand.class.getName(), "regcache", "--json",
            json.toString(), "--class-path", folder.toString()));
        command.addAll(options);
        final Process child = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(child.getErrorStream(), UTF_8))) {
            String line = lines.readLine();
            while (line != null && !line.contains(said)) {
                line = lines.readLine();
            }
            assertThat(line).as("it has come so far").isNotNull();
            new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start().waitFor();
            assertThat(child.waitFor(50, TimeUnit.SECONDS)).as("the sweep has ended").isTrue();
        } finally {
            child.destroyForcibly();
        }
        final JsonNode report = JsonMapper.builder().build().readTree(json);
        assertThat(report.path("complete").asBoolean()).isFalse();
        return report;
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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReadATraceThatGrowsToTheEndThatItHad(final boolean compressed) throws IOException {
        final Path file = trace(compressed);
        final TraceFile trace = TraceFile.of(file, null);
        final RequestBatch batch = new RequestBatch();
        int read = 0;
        try (RequestSource.Reader reader = trace.open()) {
            Files.writeString(file, "no request\n", StandardOpenOption.APPEND);
            while (reader.read(batch)) {
                read += batch.size();
            }
        }
        assertThat(read).isEqualTo(LINES);
        assertThat(trace.notes()).hasSize(1).first().asString().contains("grew while it was read");
    }

    @Test
    void shouldSayThatATraceWasChangedInItsPlace() throws IOException {
        final Path file = trace(false);
        final TraceFile trace = TraceFile.of(file, null);
        try (RequestSource.Reader reader = trace.open()) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(0));
            readAll(reader, new RequestBatch());
        }
        assertThat(trace.notes()).hasSize(1).first().asString().contains("was changed while it was read");
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
