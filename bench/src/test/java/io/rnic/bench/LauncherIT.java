package io.rnic.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher with the jars of this build, which it puts on the module path as no other test does. It runs when they
 * are packaged, from a folder like that of the project in which there is nothing to build.
 */
@EnabledIf("io.rnic.bench.LauncherTest#hasBash")
class LauncherIT {
    @TempDir
    private Path project;
    private Path lib;

    @BeforeEach
    void copy() throws IOException {
        Files.createFile(project.resolve("pom.xml"));
        Files.createDirectories(project.resolve("bench/src/main"));
        Files.createFile(project.resolve("bench/pom.xml"));
        Files.copy(Path.of("rnic"), project.resolve("bench/rnic"));
        lib = Files.createDirectories(project.resolve("bench/target/lib"));
        try (Stream<Path> jars = Files.list(Path.of("target/lib"))) {
            for (final Path jar : jars.toList()) {
                Files.copy(jar, lib.resolve(jar.getFileName()));
            }
        }
        Files.createFile(project.resolve("bench/target/.built"));
    }

    private int run(final String... arguments) throws IOException, InterruptedException {
        final ProcessBuilder builder = new ProcessBuilder(Stream.concat(
            Stream.of("/bin/bash", project.resolve("bench/rnic").toString()), Stream.of(arguments)).toList())
            .redirectOutput(project.resolve("out").toFile()).redirectError(project.resolve("err").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        final Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String printed(final String file) throws IOException {
        return Files.readString(project.resolve(file), UTF_8);
    }

    @Test
    void shouldStartTheCommandOnTheModulePath() throws IOException, InterruptedException {
        final int exitCode = run("--help");
        assertThat(exitCode).as("%s%s; ./mvnw clean takes old jars away", printed("out"), printed("err")).isZero();
        assertThat(printed("out")).contains("compare", "rping");
        assertThat(printed("err")).isEmpty();
    }

    @Test
    void shouldStartTestsInJvmsOfTheirOwnOnTheSameModulePath() throws IOException, InterruptedException {
        assertThat(run("peers", "--only", "cache_line,user_write_rtt", "--rounds", "1", "--quick"))
            .as("%s", printed("err")).isZero();
        assertThat(printed("out")).contains("JVMs of their own", "write_rtt_vs_cacheline");
        assertThat(printed("err").lines()).allMatch(line -> line.endsWith(" ..."));
    }

    @Test
    void shouldNotStartWhereTwoJarsAreTheSameModule() throws IOException, InterruptedException {
        try (Stream<Path> jars = Files.list(lib)) {
            final Path jar = jars.filter(path -> path.getFileName().toString().startsWith("rnic-api")).findAny()
                .orElseThrow();
            Files.copy(jar, lib.resolve("rnic-api-of-before.jar"));
        }
        assertThat(run("--help")).isNotZero();
        assertThat(printed("out") + printed("err")).contains("Two versions of module io.rnic.api");
    }
}
