package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application is told in a process that may lock 64 KiB and has no privilege to lock more. */
@Timeout(120)
class LockedMemoryLimitTest {
    private static final String WITHOUT_PRIVILEGE = "setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock ";

    private static String probe(final String frontEnd, final String pinning) throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "limits are set by a Linux shell here");
        final boolean root = System.getProperty("user.name").equals("root");
        assumeTrue(!root || Files.exists(Path.of("/usr/bin/setpriv")), "setpriv takes root's privilege away");
        final String command = "ulimit -l 64 && exec " + (root ? WITHOUT_PRIVILEGE : "")
            + "\"$0\" -cp \"$1\" --enable-native-access=ALL-UNNAMED "
            + "--add-opens java.base/jdk.internal.misc=ALL-UNNAMED "
            + LockedMemoryProbe.class.getName() + " \"$2\" \"$3\"";
        final Process child = new ProcessBuilder("bash", "-c", command,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), System.getProperty("java.class.path"),
            frontEnd, pinning).redirectErrorStream(true).start();
        final String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(child.exitValue()).as(output).isZero();
        return output;
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "kernel"})
    void shouldNameTheLimitWhatWasAskedForAndHowToRaiseIt(final String frontEnd) throws Exception {
        assertThat(probe(frontEnd, "locked")).startsWith("LOCKED_MEMORY_LIMIT: cannot lock 1048576 bytes")
            .contains("may lock 65536 bytes (RLIMIT_MEMLOCK)", "ulimit -l", "pinning=accounted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "kernel"})
    void shouldCountWhatCannotBeLockedWhereThatIsPreferredAndSaySo(final String frontEnd) throws Exception {
        assertThat(probe(frontEnd, "preferred")).startsWith("registered 1048576, locked 0 bytes, accounted 1048576");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "kernel"})
    void shouldCountEverythingWhereThatIsAskedFor(final String frontEnd) throws Exception {
        assertThat(probe(frontEnd, "accounted")).startsWith("registered 1048576, accounted");
    }
}
