package io.rnic.bench.regcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rnic.bench.RnicCommand;
import io.rnic.bench.regcache.execute.CostMeasurement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The laboratory in a process that may lock little memory, and has no privilege to lock more. */
@Timeout(300)
class LittleLockedMemoryTest {
    private static final String WITHOUT_PRIVILEGE = "setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock ";

    @TempDir
    Path folder;

    private String run(final int limitKilobytes, final int exitCode, final String... options) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "limits are set by a Linux shell here");
        final boolean root = System.getProperty("user.name").equals("root");
        assumeTrue(!root || Files.exists(Path.of("/usr/bin/setpriv")), "setpriv takes root's privilege away");
        final List<String> command = new ArrayList<>(List.of("bash", "-c", "ulimit -l " + limitKilobytes
            + " && exec " + (root ? WITHOUT_PRIVILEGE : "") + "\"$@\"", "bash",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
            System.getProperty("java.class.path"), "--enable-native-access=ALL-UNNAMED", "--add-opens",
            "java.base/jdk.internal.misc=ALL-UNNAMED", "-D" + CostMeasurement.SAMPLES_PROPERTY + "=6000",
            RnicCommand.class.getName(), "regcache", "--json",
            folder.resolve("a.json").toString(), "--workload", "mixed", "--requests", "3000", "--memory", "32M",
            "--no-bounds"));
        command.addAll(Arrays.asList(options));
        final Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(child.exitValue()).as(output).isEqualTo(exitCode);
        return output;
    }

    @Test
    void shouldLockNoMoreThanItNeeds() throws Exception {
        run(8192, 0, "--execute", "--policy", "lru", "--limit", "4M");
        assertThat(rows().valueStream()).hasSize(1).allSatisfy(row ->
            assertThat(row.path("measuredCost").asDouble()).isPositive());
        assertThat(report().path("notes")).isEmpty();
    }

    @Test
    void shouldKeepWhatWasSimulatedAndSayWhatCanBeLocked() throws Exception {
        run(8192, 1, "--execute", "--policy", "lru,all-beforehand", "--limit", "4M,16M");
        assertThat(rows().valueStream().map(row -> row.path("policy").asString() + " "
            + (row.path("limit").asLong() >> 20) + " " + row.has("measuredCost")))
            .containsExactly("lru 4 true", "lru 16 false", "all-beforehand 4 false", "all-beforehand 16 false");
        assertThat(report().path("notes").toString()).contains("policy lru is simulated only",
            "policy all-beforehand is simulated only", "half of ulimit -l");
    }

    @Test
    void shouldSayWhichCostsNeedNoLockedMemory() throws Exception {
        assertThat(run(64, 1, "--cost", "measured", "--policy", "lru")).contains("costs cannot be measured")
            .contains("--cost mlock");
    }

    private JsonNode report() {
        return JsonMapper.builder().build().readTree(folder.resolve("a.json"));
    }

    private JsonNode rows() {
        return report().path("results");
    }
}
