package io.rnic.bench.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.RnicOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TwoProcessesTest {
    private static Process receiver() throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED", "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-Drnic." + RnicOptions.FRONT_END + "=kernel", "-cp", System.getProperty("java.class.path"),
            TwoProcesses.class.getName(), "0").redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    @Test
    void shouldSendALineFromOneToTheOther() throws Exception {
        final Process receiver = receiver();
        try (BufferedReader said = receiver.inputReader()) {
            final String listening = said.readLine();
            assertThat(listening).startsWith("listening on port ");

            TwoProcesses.main(new String[] {listening.substring(listening.lastIndexOf(' ') + 1), "127.0.0.1"});

            assertThat(said.readAllLines()).hasSize(2).last().isEqualTo("hello, other process");
            assertThat(receiver.waitFor()).isZero();
        } finally {
            receiver.destroyForcibly();
        }
    }
}
