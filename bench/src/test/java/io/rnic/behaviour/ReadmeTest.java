package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static void expectInReadme(final String example) throws IOException {
        assertThat(Files.readString(Path.of("../README.md")))
            .contains("```java\n" + Files.readString(Path.of(example)) + "```\n");
    }

    @Test
    void shouldEndEachBlockOfCode() throws IOException {
        boolean inside = false;
        for (final String line : Files.readAllLines(Path.of("../README.md"))) {
            if (line.startsWith("```")) {
                assertThat(!inside || line.equals("```")).as("'%s' inside a block of code", line).isTrue();
                inside = !inside;
            }
            assertThat(inside && line.startsWith("###")).as("'%s' inside a block of code", line).isFalse();
        }
        assertThat(inside).as("a block of code goes on to the end").isFalse();
    }

    @Test
    void shouldShowTheExampleAsItStands() throws IOException {
        expectInReadme("src/main/java/io/rnic/bench/example/LoopbackExample.java");
    }

    @Test
    void shouldShowTheExampleOfTwoProcessesAsItStands() throws IOException {
        expectInReadme("src/main/java/io/rnic/bench/example/TwoProcesses.java");
    }

    @Test
    void shouldShowTheTestOfThreeMinutesAsItStands() throws IOException {
        expectInReadme("src/test/java/io/rnic/bench/example/GreetingTest.java");
    }
}
