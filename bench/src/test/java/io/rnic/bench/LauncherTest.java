package io.rnic.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The launcher where there is no JDK. Surefire runs tests in the module's folder. */
@EnabledIf("hasBash")
class LauncherTest {
    private static final Path BASH = Path.of("/bin/bash");
    private static final Path LAUNCHER = Path.of("rnic").toAbsolutePath();

    @TempDir
    private Path folder;

    static boolean hasBash() {
        return Files.isExecutable(BASH) && Files.isRegularFile(LAUNCHER);
    }

    @Test
    void shouldSayThatItNeedsAJdk() throws IOException, InterruptedException {
        final Path jdk = folder.resolve("old jdk");
        Files.createDirectories(jdk.resolve("bin"));
        for (final String tool : new String[] {"java", "javac"}) {
            assertThat(Files.createFile(jdk.resolve("bin").resolve(tool)).toFile().setExecutable(true)).isTrue();
        }
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"24.0.2\"\n");
        final Path err = folder.resolve("err");
        final ProcessBuilder builder =
            new ProcessBuilder(BASH.toString(), LAUNCHER.toString(), "compare").redirectError(err.toFile());
        final Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", folder.toString());
        environment.put("JAVA_HOME", jdk.toString());
        environment.put("RNIC_JDK_DIRS", jdk + ":" + folder);
        final Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(Files.readString(err, UTF_8).lines()).hasSize(1).first().asString().contains("JDK 25", "JAVA_HOME");
    }
}
