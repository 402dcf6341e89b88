package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    @Test
    void shouldShowTheExampleAsItStands() throws IOException {
        final String example =
            Files.readString(Path.of("src/main/java/io/rnic/bench/example/LoopbackExample.java"));
        assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + example + "```\n");
    }
}
