package io.rnic.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A stand-in for ucx_perftest, a script. */
@EnabledIf("hasShell")
class UcxTest {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final String SERVER = "#!/bin/sh\n[ \"$1\" = -p ] && exec tail -f /dev/null\n";

    @TempDir
    private Path folder;

    static boolean hasShell() {
        return Files.isExecutable(SHELL);
    }

    private Ucx installed(final String script) throws IOException {
        final Path file = Files.writeString(folder.resolve("ucx_perftest"), script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return Ucx.find("/none:" + folder);
    }

    @Test
    void shouldSayThatItIsNotInstalled() {
        final Ucx ucx = Ucx.find(folder.toString());
        ucx.run();
        assertThat(ucx.status()).isEqualTo("not installed");
        assertThat(ucx.figures()).isEmpty();
        assertThat(Ucx.find(null).status()).isEqualTo("not installed");
    }

    @Test
    void shouldTurnRatesIntoFigures() throws IOException {
        final Ucx ucx = installed(SERVER + "echo warning >&2; echo iterations,overall_mr; echo 1000,2000000\n");
        ucx.run();
        ucx.run();
        assertThat(ucx.status()).isEqualTo("installed");
        assertThat(ucx.figures()).extracting(Figure::name).contains("ucx_send_rtt", "ucx_write_rate", "ucx_write_64k");
        assertThat(ucx.figures()).allSatisfy(figure -> assertThat(figure.values()).hasSize(2).containsOnly(
            switch (figure.unit()) {
                case NS -> 1000.0;
                case PER_SECOND -> 2e6;
                case BYTES_PER_SECOND -> 2e6 * figure.bytes();
                case BYTES -> Double.NaN;
            }));
    }

    @Test
    void shouldNotBelieveWhatIsNoResult() throws IOException {
        final Ucx ucx = installed(SERVER + "echo iterations,overall_mr; echo 1000,fast\n");
        ucx.run();
        assertThat(ucx.status()).startsWith("failed: tag_lat gave no result");
        assertThat(ucx.figures()).isEmpty();
    }

    @Test
    void shouldEndAClientThatNeverStopsPrinting() throws IOException {
        final Ucx ucx = installed(SERVER + "exec cat /dev/zero\n");
        ucx.run();
        assertThat(ucx.status()).startsWith("failed: tag_lat");
    }

    @Test
    void shouldSayWhenTheServerEnds() throws IOException {
        final Ucx ucx = installed("#!/bin/sh\nexit 7\n");
        ucx.run();
        assertThat(ucx.status()).isEqualTo("failed: tag_lat gave no result: its server ended with exit code 7");
    }
}
