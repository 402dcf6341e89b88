package io.rnic.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);

    @TempDir
    private Path folder;

    @Test
    void shouldReplaceAFileAndLeaveNothingElse() throws IOException {
        final Path target = folder.resolve("results.json");
        Files.writeString(target, "old");
        final OutputFile file = OutputFile.check(target.toString());
        assertThat(target).hasContent("old");
        file.write("new", out);
        assertThat(target).hasContent("new");
        assertThat(folder).isDirectoryContaining(path -> path.equals(target));
        assertThat(folder.toFile().list()).hasSize(1);
    }

    @Test
    void shouldNotCreateAFileByChecking() throws IOException {
        OutputFile.check(folder.resolve("results.json").toString());
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void shouldWriteToStandardOutput() throws IOException {
        final OutputFile file = OutputFile.check("-");
        file.write("text", out);
        assertThat(file.isStandardOutput()).isTrue();
        assertThat(bytes.toString(UTF_8)).isEqualTo("text");
    }

    @Test
    void shouldSayWhyItCannotBeWritten() {
        assertThatThrownBy(() -> OutputFile.check(folder.resolve("none/results.json").toString()))
            .isInstanceOf(IOException.class).hasMessageContaining("there is no directory");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldNotSayThatADirectoryIsNotThereInWhichNoFileCanBeCreated() {
        assertThatThrownBy(() -> OutputFile.check("/proc/results.json")).isInstanceOf(IOException.class)
            .hasMessage("'/proc/results.json' cannot be written: no file can be created in /proc");
    }

    @Test
    void shouldNameTheFileThatCouldNotBeWrittenAfterAll() throws IOException {
        final Path inner = Files.createDirectory(folder.resolve("inner"));
        final OutputFile file = OutputFile.check(inner.resolve("results.json").toString());
        Files.delete(inner);
        assertThatThrownBy(() -> file.write("text", out)).isInstanceOf(IOException.class)
            .hasMessageContaining("results.json' ");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldNameTheDeviceThatIsFull() throws IOException {
        final OutputFile file = OutputFile.check("/dev/full");
        assertThatThrownBy(() -> file.write("text", out)).isInstanceOf(IOException.class)
            .hasMessageContaining("'/dev/full' could not be written");
    }
}
