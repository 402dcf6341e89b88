package io.rnic.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The repository keeps its own rules. */
class TidyTest {
    /** Surefire runs a module's tests in the module's folder. */
    private static final Path TOP = Path.of("").toAbsolutePath().resolve("..").normalize();

    private static List<SourceFile> sources() throws IOException {
        final List<SourceFile> files = new ArrayList<>();
        try (Stream<Path> modules = Files.list(TOP)) {
            for (final Path module : modules.filter(folder -> Files.exists(folder.resolve("pom.xml"))).toList()) {
                try (Stream<Path> paths = Files.walk(module.resolve("src"))) {
                    for (final Path path : paths.filter(p -> p.toString().endsWith(".java")).toList()) {
                        files.add(SourceFile.of(TOP.relativize(path).toString().replace('\\', '/'),
                            Files.readString(path)));
                    }
                }
            }
        }
        return files;
    }

    @Test
    void shouldFindTheSourcesOfAllModules() throws IOException {
        assertThat(sources()).extracting(SourceFile::module)
            .contains("api", "rnic-emu", "usernic", "kernelnic", "bench");
        assertThat(sources()).extracting(SourceFile::path)
            .contains("api/src/main/java/io/rnic/verbs/Rnic.java", "api/src/test/java/io/rnic/tidy/TidyTest.java");
    }

    @Test
    void shouldFindEveryFileTidy() throws IOException {
        assertThat(sources().stream().flatMap(file -> TextRules.violations(file).stream())).isEmpty();
    }

    @Test
    void shouldFindTheHouseBuiltAsItIsDrawn() throws IOException {
        assertThat(ArchitectureRules.violations(sources())).isEmpty();
    }
}
